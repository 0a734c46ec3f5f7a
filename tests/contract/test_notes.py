"""Notes over a real Redis: kept while it lives, absent while it does not, and never in a run's way."""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from agent import cache
from agent.cache import AWAY_S, NOTE_LENGTH, NOTES_PER_TASK, Notes
from agent.config import Settings, load
from agent.embedded.stack import embedded
from tests.kit.house import SOON

HASTY_S = 1.5


class Clock:
    """A monotonic clock that goes when told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Server:
    """The embedded Redis of one data folder, to be started, killed and frozen."""

    def __init__(self, folder: Path) -> None:
        self._settings: Settings = load(
            orchestrator_data=folder, database_url="postgresql://not/used", redis_url=None
        )
        self._pid_file = folder / "run/redis.pid"
        self.url = f"unix://{folder / 'run/redis.sock'}?db=0"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with embedded(self._settings) as stack:
            assert stack.redis_url == self.url
            yield

    def kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        pid = self._pid
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @property
    def _pid(self) -> int:
        return int(self._pid_file.read_text())


@pytest.fixture
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="orc-"))
    yield Server(folder)
    shutil.rmtree(folder)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def notes(server: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Notes]:
    """Patient, so that a busy machine is not taken for an absent Redis."""
    monkeypatch.setattr(cache, "DEADLINE_S", SOON)
    notes = Notes(server.url, monotonic=clock)
    yield notes
    await notes.aclose()


@pytest.fixture
async def hasty(server: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Notes]:
    """One that waits for nobody long."""
    monkeypatch.setattr(cache, "DEADLINE_S", HASTY_S)
    notes = Notes(server.url, monotonic=clock)
    yield notes
    await notes.aclose()


async def test_notes_come_back_in_order_and_each_task_has_its_own(server: Server, notes: Notes) -> None:
    async with server.running():
        for note in ("one", "two", "„drei“ 🙂"):
            await notes.add("a", note)
        await notes.add("b", "other")
        assert await notes.of("a") == ("one", "two", "„drei“ 🙂")
        assert await notes.of("b") == ("other",)
        assert await notes.of("c") == ()
        assert await notes.ping() is None


async def test_notes_are_bounded_in_number_and_length(server: Server, notes: Notes) -> None:
    async with server.running():
        for n in range(NOTES_PER_TASK + 5):
            await notes.add("a", str(n))
        await notes.add("b", "x" * (NOTE_LENGTH + 1))
        assert (await notes.of("a"))[0] == "5"
        assert len(await notes.of("a")) == NOTES_PER_TASK
        assert await notes.of("b") == ("x" * NOTE_LENGTH,)


async def test_text_that_is_no_text_is_kept_as_well_as_may_be(server: Server, notes: Notes) -> None:
    """Half a surrogate pair comes out of some tools' JSON."""
    async with server.running():
        await notes.add("a", "broken \ud83d end")
        assert await notes.of("a") == ("broken ? end",)


async def test_many_at_once_share_few_connections(server: Server, notes: Notes) -> None:
    async with server.running():
        await asyncio.gather(*(notes.add(f"task-{n % 10}", str(n)) for n in range(300)))
        kept = [await notes.of(f"task-{n}") for n in range(10)]
        assert sum(len(of_one) for of_one in kept) == 300


async def test_a_cancelled_call_leaves_the_next_one_its_own_answer(server: Server, notes: Notes) -> None:
    async with server.running():
        await notes.add("a", "mine")
        for _ in range(50):
            call = asyncio.create_task(notes.add("b", "cancelled"))
            await asyncio.sleep(0)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            assert await notes.of("a") == ("mine",)


async def test_a_flushed_redis_has_forgotten_and_goes_on(server: Server, notes: Notes) -> None:
    async with server.running():
        await notes.add("a", "one")
        await notes._redis.flushall()
        assert await notes.of("a") == ()
        await notes.add("a", "two")
        assert await notes.of("a") == ("two",)


async def test_a_redis_that_never_was_costs_nothing_but_the_notes(notes: Notes) -> None:
    await notes.add("a", "one")
    assert await notes.of("a") == ()
    reason = await notes.ping()
    assert reason is not None
    assert "Redis does not answer" in reason


async def test_a_redis_killed_in_the_middle_is_absent_and_told_of_and_its_successor_is_found(
    server: Server, notes: Notes, clock: Clock
) -> None:
    async with server.running():
        await notes.add("a", "before")
        server.kill()
        await notes.add("a", "during")
        assert await notes.of("a") == ()
        assert await notes.ping() is not None
    async with server.running():
        clock.now += AWAY_S
        await notes.add("a", "after")
        assert await notes.of("a") == ("after",)
        assert await notes.ping() is None


async def test_calls_in_flight_when_redis_dies_end_without_error(server: Server, notes: Notes) -> None:
    async with server.running():
        with server.frozen():
            calls = [asyncio.create_task(notes.add("a", str(n))) for n in range(40)]
            await asyncio.sleep(0)
            server.kill()
        await asyncio.gather(*calls)


async def test_a_frozen_redis_costs_one_deadline_and_then_nothing(
    server: Server, hasty: Notes, clock: Clock
) -> None:
    async with server.running():
        await hasty.add("a", "one")
        with server.frozen():
            assert await hasty.of("a") == ()
            began = time.monotonic()
            for _ in range(100):
                await hasty.add("a", "lost")
            assert time.monotonic() - began < HASTY_S * 50, "every one of them waited"
        clock.now += AWAY_S
        assert await hasty.of("a") == ("one",)


async def test_losing_and_finding_it_is_logged_once(
    server: Server, notes: Notes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "agent.cache")
    for _ in range(3):
        await notes.ping()
    async with server.running():
        for _ in range(3):
            await notes.ping()
    assert [record.levelname for record in caplog.records if record.name == "agent.cache"] == [
        "WARNING",
        "INFO",
    ]
