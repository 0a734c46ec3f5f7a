"""Processes of the embedded servers: started out of reach of the terminal, found again, stopped."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import NamedTuple

import psutil

from agent.embedded.account import Account
from domain.errors import UnreachableError

POLL_S = 0.003
LOG_LIMIT = 5_000_000


class Process(NamedTuple):
    """One process, started by us or found; a later one with the same pid is never taken for it."""

    pid: int
    lives: Callable[[], bool]

    def stop(self, *steps: tuple[signal.Signals, float]) -> None:
        """Send each signal and give it its seconds, until the process is gone."""
        for signum, seconds in steps:
            if not self.lives():
                return
            with suppress(ProcessLookupError):
                os.kill(self.pid, signum)
            until(lambda: not self.lives(), seconds)


def started(child: "subprocess.Popen[bytes]") -> Process:
    return Process(child.pid, lambda: child.poll() is None)


def found(seen: psutil.Process) -> Process:
    """A process that is not our child. A zombie is dead: where nobody reaps orphans it keeps its pid for ever."""

    def lives() -> bool:
        try:
            return seen.is_running() and seen.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return Process(seen.pid, lives)


def until(reached: Callable[[], bool], seconds: float, abandoned: Event | None = None) -> bool:
    """Wait for a condition that only polling can see; true when it came before the end and nobody gave up."""
    end = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > end or (abandoned is not None and abandoned.is_set()):
            return reached()
        time.sleep(POLL_S)
    return True


def spawn(command: Sequence[str | Path], account: Account, log: Path, cwd: Path) -> "subprocess.Popen[bytes]":
    """Start a server or tool that no ctrl-C reaches and that hears nothing of our environment.

    Its own session keeps it from the terminal's signals; until it has one, a blocked SIGINT does. Call
    this from a thread other than the main one, where no KeyboardInterrupt can fall between fork and
    return.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    other = (account.uid, account.gid, ()) if account.is_other else (None, None, None)
    try:
        with log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603  our own binaries, no shell
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,
                user=other[0],
                group=other[1],
                extra_groups=other[2],
            )
    except OSError as refused:
        raise UnreachableError(
            f"{command[0]} could not be started ({refused}); "
            "set DATABASE_URL and REDIS_URL to use servers of your own"
        ) from refused
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def find(pid: int, name: str, mention: Path) -> Process | None:
    """The living process of that pid, if it has that name and speaks of that path."""
    try:
        seen = psutil.Process(pid)
        is_it = seen.name() == name and str(mention) in " ".join(seen.cmdline())
    except psutil.Error:
        return None
    process = found(seen)
    return process if is_it and process.lives() else None


def mentioning(names: Sequence[str], mention: Path) -> Iterator[Process]:
    """All processes of these names that speak of that path; reads the whole process table."""
    for seen in psutil.process_iter(["name", "cmdline"]):
        if seen.info["name"] in names and str(mention) in " ".join(seen.info["cmdline"] or ()):
            yield found(seen)


def answers(path: Path, say: bytes = b"", expect: bytes = b"") -> bool:
    """Whether a server accepts connections on this unix socket, and what it says to a word."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(1.0)
        try:
            line.connect(str(path))
            line.sendall(say)
            return not expect or line.recv(len(expect)) == expect
        except OSError:
            return False


def last_words(log: Path, lines: int = 5) -> str:
    """The end of a server's log, for the message that it did not start."""
    try:
        return " / ".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return "no log"


def keep_short(log: Path) -> None:
    """Put a long log aside before a server appends to it; one old one is kept."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
