"""The command line as somebody uses it: another process, in an empty folder, with an environment of its own."""

import contextlib
import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple
from unittest import mock

import psutil

from agent.cli.app import run
from tests.kit.cluster import seed

ROOT = Path(__file__).parents[2]
NOTHING: Mapping[str, str] = {}
PROGRAM = (sys.executable, "-m", "agent.cli")
LIBRARIES = (
    "import asyncpg, fastapi, httpx, jinja2, jsonschema, pgqueuer, prometheus_client, redis.asyncio, uvicorn"
)
SERVERS = ("import mcp_server_git.server", "import mcp_server_time.server", "import agent.workspace.server")


@contextmanager
def folder() -> Iterator[Path]:
    """Outside pytest's own, which is closed to the account that root's servers run as; whatever still lives
    in it at the end is ended.
    """
    place = Path(tempfile.mkdtemp(prefix="orc-")).resolve()
    place.chmod(0o777)
    try:
        yield place
    finally:
        for process in belonging(place):
            process.kill()
        shutil.rmtree(place, ignore_errors=True)


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of the developer's. HOME reaches the servers that agents use, too, and tells whose they are."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(home),
        "TMPDIR": str(home),
        "USER": "tester",
        "ORCHESTRATOR_DATA": str(home / "data"),
        **more,
    }


PATIENCE_S = 120.0
"""Seconds for a process to start, do its work and end, on a machine that others use, too."""


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def orchestrator(home: Path, *arguments: str, **env: str) -> Said:
    """One command to its end; nobody sits at its terminal."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        cwd=home,
        env=environment(home, **env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def here(home: Path, *arguments: str, **env: str) -> Said:
    """The same in this process: starting one takes longer than most commands do."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment(home, **env), clear=True),
        contextlib.chdir(home),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = run(arguments)
    return Said(code, out.getvalue(), err.getvalue())


def started(
    home: Path,
    *arguments: str,
    python: Sequence[str] = (),
    stderr: IO[str] | int = subprocess.PIPE,
    set_to: Mapping[str, str] = NOTHING,
) -> "subprocess.Popen[str]":
    """A command that leads a process group, as a terminal's job does."""
    return subprocess.Popen(
        [sys.executable, *python, "-m", "agent.cli", *arguments],
        cwd=home,
        env=environment(home, **set_to),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        process_group=0,
    )


def imports_of_ours(process: "subprocess.Popen[str]") -> None:
    """Wait until it imports what our code needs: before that, an interrupt is the interpreter's own affair."""
    end = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < end:
        if "pydantic_core" in Path(f"/proc/{process.pid}/maps").read_text():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to our code")


def used_by_imports(*imports: str) -> float:
    """Seconds of computing that processes with these imports take on this machine, at this moment.

    Without any: the libraries that serve, in one process.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for statement in imports or (LIBRARIES,):
        subprocess.run([sys.executable, "-c", statement], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


class Up(NamedTuple):
    """A service in a process of its own."""

    home: Path
    process: "subprocess.Popen[str]"
    told: dict[str, Any]

    @property
    def url(self) -> str:
        return str(self.told["url"])

    def call(self, *arguments: str) -> Said:
        """A command that finds the service by its data folder."""
        return here(self.home, *arguments)


@contextmanager
def up(home: Path, *options: str, **env: str) -> Iterator[Up]:
    """`orchestrator up` on a free port and a database that is there, ended as a supervisor ends it."""
    seed(home / "data")
    process = started(home, "up", "--port", "0", "--json", *options, set_to=env)
    try:
        yield Up(home, process, document(process))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()
            process.communicate()


def document(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """The one JSON object that a command says before it goes on."""
    assert process.stdout is not None
    lines = list(_until_closed(process.stdout))
    if not lines:
        _, err = process.communicate()
        raise AssertionError(f"it said nothing and ended with {process.returncode}: {err}")
    found: dict[str, Any] = json.loads("".join(lines))
    return found


def _until_closed(stream: Any) -> Iterator[str]:
    for line in stream:
        yield line
        if line.startswith("}"):
            return


def belonging(home: Path) -> list[psutil.Process]:
    """Living processes that speak of the folder, work in it or have it for their home."""
    return [process for process in psutil.process_iter() if _belongs(process, str(home))]


def _belongs(process: psutil.Process, home: str) -> bool:
    try:
        if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
            return False
        told = [*process.cmdline(), process.cwd(), *process.environ().values()]
    except psutil.Error:
        return False
    return any(home in text for text in told)


def gone(home: Path, seconds: float = PATIENCE_S) -> list[psutil.Process]:
    """What still lives after a moment in which the ended may be reaped; nothing, if all is well."""
    end = time.monotonic() + seconds
    while (left := belonging(home)) and time.monotonic() < end:
        time.sleep(0.02)
    return left
