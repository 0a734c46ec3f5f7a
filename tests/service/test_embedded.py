"""The embedded servers: started where none are given, adopted after a kill, and never left behind."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest

from agent.config import Settings, load
from agent.embedded.account import Account, let_read
from agent.embedded.postgres import DATABASE, Postgres
from agent.embedded.stack import Servers, Stack, embedded, shared
from domain.errors import ConfigurationError, FolderInUseError, UnreachableError
from tests.kit.cluster import seed
from tests.kit.command import PATIENCE_S

RUN = """
import asyncio, os, sys
from agent.config import load
from agent.embedded.stack import embedded

if "ordinary" in sys.argv:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)

async def main():
    print("begun", flush=True)
    async with embedded(load(orchestrator_data=sys.argv[1], database_url=None, redis_url=None)) as stack:
        print(f"up {stack.database} {stack.redis}", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder outside pytest's own, which is closed to the account that root's servers run as."""
    folder = Path(tempfile.mkdtemp(prefix="orc-"))
    if os.geteuid() == 0:
        folder.chmod(0o777)
    yield folder
    for process in belonging(folder):
        process.kill()
    shutil.rmtree(folder)


def given(data: Path, **more: object) -> Settings:
    return load(**{"orchestrator_data": data, "database_url": None, "redis_url": None, **more})


def belonging(data: Path) -> list[psutil.Process]:
    """Living processes that speak of the data folder or work in it, servers' children included."""
    return [process for process in psutil.process_iter() if _belongs(process, str(data.resolve()))]


def _belongs(process: psutil.Process, data: str) -> bool:
    try:
        if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
            return False
        return data in " ".join(process.cmdline()) or process.cwd().startswith(data)
    except psutil.Error:
        return False


def servers(data: Path) -> set[int]:
    """Those that were not started by one another: children come and go."""
    parents = {process.pid: _parent(process) for process in belonging(data)}
    return {pid for pid, parent in parents.items() if parent not in parents}


def _parent(process: psutil.Process) -> int:
    try:
        return process.ppid()
    except psutil.Error:
        return process.pid


def gone(data: Path) -> list[psutil.Process]:
    """What still lives after a moment in which the ended may be reaped."""
    end = time.monotonic() + PATIENCE_S
    while (left := belonging(data)) and time.monotonic() < end:
        time.sleep(0.02)
    return left


def run(data: Path, *options: str) -> "subprocess.Popen[str]":
    """A process that holds the stack, leading a process group of its own as a terminal's job does."""
    environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(data), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tempfile.gettempdir(),
        env=environment,
        process_group=0,
    )


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip() or process.communicate()[1]


def interrupt(process: "subprocess.Popen[str]", after: float, signum: signal.Signals) -> None:
    """Signal the whole process group, as a terminal does, once the moment has come; wait for the end."""
    assert line(process) == "begun"
    time.sleep(after)
    os.killpg(process.pid, signum)
    process.communicate(timeout=PATIENCE_S)


@contextmanager
def stranger() -> Iterator[int]:
    """The pid of a process that has nothing to do with us, and must outlive what we do."""
    process = subprocess.Popen(["sleep", "3600"])
    yield process.pid
    assert process.poll() is None
    process.kill()
    process.wait()


async def answer(stack: Stack, query: str) -> object:
    connection = await asyncpg.connect(stack.database_url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_a_database_and_a_redis_run_for_the_block_and_no_longer(data: Path) -> None:
    async with embedded(given(data)) as stack:
        assert (stack.database, stack.redis) == ("started", "started")
        assert await answer(stack, "SELECT current_database()") == "orchestrator"
        assert len(belonging(data)) > 2
    assert gone(data) == []
    assert not (data / "run").exists()


async def test_what_was_committed_is_there_at_the_second_start(data: Path) -> None:
    async with embedded(given(data)) as stack:
        await answer(stack, "CREATE TABLE kept AS SELECT 42 AS n")
    async with embedded(given(data)) as stack:
        assert await answer(stack, "SELECT n FROM kept") == 42


async def test_commits_are_synced_and_there_is_room_for_a_hundred_connections(data: Path) -> None:
    async with embedded(given(data)) as stack:
        assert await answer(stack, "SHOW fsync") == "on"
        assert await answer(stack, "SHOW synchronous_commit") == "on"
        assert int(str(await answer(stack, "SHOW max_connections"))) >= 100


async def test_what_the_settings_give_is_not_started(data: Path) -> None:
    database, cache = "postgresql://me@host/db", "redis://host:6379/0"
    async with embedded(given(data, database_url=database, redis_url=cache)) as stack:
        assert stack == Stack(database, cache, "given", "given")
        assert belonging(data) == []
    async with embedded(given(data, database_url=database)) as stack:
        assert (stack.database_url, stack.database, stack.redis) == (database, "given", "started")
        assert [process.name() for process in belonging(data)] == ["redis-server"]


async def test_a_second_start_on_the_same_folder_is_told_who_has_it(data: Path) -> None:
    async with embedded(given(data)) as first:
        with pytest.raises(FolderInUseError, match=rf"in use by process {os.getpid()};.*--data"):
            async with embedded(given(data)):
                pass
        assert await answer(first, "SELECT 1") == 1
    async with embedded(given(data)) as again:
        assert again.database == "started"


async def test_a_second_process_can_share_what_the_first_one_runs(data: Path) -> None:
    assert shared(given(data)) is None
    async with embedded(given(data)) as stack:
        there = shared(given(data))
        assert there == stack._replace(database="shared", redis="shared")
    assert shared(given(data)) is None


async def test_servers_left_by_a_killed_process_are_adopted_and_then_stopped(data: Path) -> None:
    process = run(data)
    assert line(process) == "begun"
    assert line(process) == "up started started"
    before = {left.pid for left in belonging(data)} - {process.pid}
    process.kill()
    process.communicate()
    async with embedded(given(data)) as stack:
        assert (stack.database, stack.redis) == ("adopted", "adopted")
        assert await answer(stack, "SELECT 1") == 1
        assert set() < servers(data) <= before
    assert gone(data) == []


async def test_servers_that_died_with_the_machine_are_started_anew_though_their_pids_live(data: Path) -> None:
    """After a container's restart the pid in the old pid file is nearly always somebody's."""
    async with embedded(given(data)) as stack:
        await answer(stack, "CREATE TABLE kept AS SELECT 42 AS n")
        pid_file = data / "postgres/postmaster.pid"
        remains = pid_file.read_text(encoding="utf-8")
    with stranger() as pid:
        pid_file.write_text(remains.replace(remains.split("\n")[0], str(pid), 1), encoding="utf-8")
        async with embedded(given(data)) as stack:
            assert stack.database == "started"
            assert await answer(stack, "SELECT n FROM kept") == 42


def test_a_database_that_a_killed_process_has_somebody_make_just_now_is_waited_for(data: Path) -> None:
    seed(data)
    servers = Servers(given(data))
    try:
        url = servers.start().database_url
        postgres = next(server for server in servers._running if isinstance(server, Postgres))
        asyncio.run(unmade(url))
        with ThreadPoolExecutor(4) as hands:
            list(hands.map(lambda _number: postgres._make_database(), range(4)))
    finally:
        servers.stop()


async def unmade(url: str) -> None:
    connection = await asyncpg.connect(url, database="postgres")
    try:
        await connection.execute(f"DROP DATABASE {DATABASE}")
    finally:
        await connection.close()


async def test_a_cluster_that_was_only_half_made_is_made_anew(data: Path) -> None:
    (data / "postgres.new").mkdir()
    (data / "postgres.new/PG_VERSION").write_text("18\n")
    async with embedded(given(data)) as stack:
        assert await answer(stack, "SELECT 1") == 1
    assert not (data / "postgres.new").exists()


async def test_a_long_path_gets_its_sockets_elsewhere_and_they_are_found_again(data: Path) -> None:
    deep = data / ("long" * 30)
    process = run(deep)
    assert line(process) == "begun"
    assert line(process) == "up started started"
    elsewhere = Path((deep / "sockets").read_text())
    process.kill()
    process.communicate()
    async with embedded(given(deep)) as stack:
        assert (stack.database, stack.redis) == ("adopted", "adopted")
        assert str(elsewhere) in stack.database_url
        assert await answer(stack, "SELECT 1") == 1
    assert elsewhere not in elsewhere.parent.iterdir()
    assert gone(data) == []


async def test_spaces_and_quotes_in_the_path_are_no_matter(data: Path) -> None:
    async with embedded(given(data / 'my "data", 100% ünï')) as stack:
        assert await answer(stack, "SELECT 1") == 1
    assert gone(data) == []


async def test_a_folder_that_cannot_be_made_is_told(data: Path) -> None:
    (data / "file").write_text("")
    with pytest.raises(ConfigurationError, match="ORCHESTRATOR_DATA"):
        async with embedded(given(data / "file/below")):
            pass


async def test_a_cluster_of_another_version_is_refused_and_left_alone(data: Path) -> None:
    (data / "postgres").mkdir()
    (data / "postgres/PG_VERSION").write_text("16\n")
    with pytest.raises(UnreachableError, match="PostgreSQL 16, not 18"):
        async with embedded(given(data)):
            pass
    assert (data / "postgres/PG_VERSION").read_text() == "16\n"
    assert gone(data) == []


async def test_a_server_that_does_not_start_is_told_with_its_own_words(data: Path) -> None:
    async with embedded(given(data)):
        pass
    (data / "postgres/postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(UnreachableError, match=r"no_such_setting.*DATABASE_URL"):
        async with embedded(given(data)):
            pass
    assert gone(data) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user is what everything above ran as")
def test_an_ordinary_user_runs_it_as_well(data: Path) -> None:
    os.chown(data, 65534, 65534)
    process = run(data, "ordinary")
    assert line(process) == "begun"
    assert line(process) == "up started started"
    assert {left.uids().real for left in belonging(data)} == {65534}
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE_S)
    assert gone(data) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as somebody else")
def test_what_was_installed_for_root_alone_is_opened_to_its_servers_and_nothing_else(data: Path) -> None:
    """Under a umask of 077, in a home that is closed."""
    installed, beside = data / "closed/site/package", data / "closed/site/other"
    for folder in (installed / "bin", beside):
        folder.mkdir(parents=True)
        (folder / "program").write_text("")
        (folder / "program").chmod(0o700)
    for folder in (data / "closed", data / "closed/site", installed, installed / "bin", beside):
        folder.chmod(0o700)
    let_read(Account(65534, 65534), installed)
    modes = {path: oct(path.stat().st_mode & 0o777) for path in (data / "closed").rglob("*")}
    assert modes == {
        data / "closed/site": "0o701",
        installed: "0o705",
        installed / "bin": "0o705",
        installed / "bin/program": "0o705",
        beside: "0o700",
        beside / "program": "0o700",
    }


MOMENTS = [0.0, 0.05, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85]
"""Of a first start: the interpreter's start, its imports, Redis, initdb, PostgreSQL, the database, the end."""


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_at_any_moment_of_a_first_start_leaves_no_process(data: Path, moment: float) -> None:
    interrupt(run(data), moment, signal.SIGINT)
    assert gone(data) == []


@pytest.mark.parametrize("between", [0.0, 0.01, 0.1])
def test_an_impatient_person_leaves_no_process_either(data: Path, between: float) -> None:
    process = run(data)
    assert line(process) == "begun"
    time.sleep(0.4)
    for _ in range(5):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(between)
    process.communicate(timeout=PATIENCE_S)
    assert gone(data) == []


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGHUP])
def test_a_supervisors_signal_ends_it_as_cleanly(data: Path, signum: signal.Signals) -> None:
    process = run(data)
    assert (line(process), line(process)) == ("begun", "up started started")
    process.send_signal(signum)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 128 + signum
    assert gone(data) == []


@pytest.mark.parametrize("moment", [0.02, 0.3, 0.6])
async def test_a_kill_at_any_moment_of_a_first_start_is_mended_by_the_next(data: Path, moment: float) -> None:
    interrupt(run(data), moment, signal.SIGKILL)
    async with embedded(given(data)) as stack:
        assert await answer(stack, "SELECT current_database()") == "orchestrator"
    assert gone(data) == []


async def test_a_folder_whose_start_was_interrupted_starts_at_once_afterwards(data: Path) -> None:
    interrupt(run(data), 0.3, signal.SIGINT)
    async with embedded(given(data)) as stack:
        assert await answer(stack, "SELECT 1") == 1
