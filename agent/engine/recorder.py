"""Writes the steps of all runners of a worker, as many at once as came in while the last ones were written.

Group commit: under load a batch holds the steps of many tasks, at idle it holds one, and nothing waits for
a batch to fill.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, assert_never

import asyncpg

from agent.engine.session import Session
from agent.store.at_once import AtOnce, is_plain
from agent.store.pool import GONE
from agent.store.step import Step, Take, Taken, Written
from agent.store.steps import BatchResult, write_batch
from agent.store.taking import Taking
from domain.errors import FencedError, LostRaceError, UnreachableError
from domain.event import Fact
from domain.ids import AgentId
from domain.task import Task

MAX_BATCH = 500
RECONNECT_S = 0.2

CROWDED_S = 1.0
"""Where slots of an agent were not to be had at once, its attempts take their turn in line for so long."""


_Way = Literal["takes", "at once", "the long way"]


class _Entry(NamedTuple):
    what: Step | Take
    done: "asyncio.Future[Written | Taken]"


class Recorder:
    """One per worker. `on_batch(size, seconds)` and `on_facts(facts)` observe what was committed; `on_turn()` is
    called when somebody may get a slot.
    """

    def __init__(
        self,
        session: Session,
        *,
        on_batch: Callable[[int, float], None] = lambda _size, _seconds: None,
        on_facts: Callable[[Sequence[Fact]], None] = lambda _facts: None,
        on_turn: Callable[[], None] = lambda: None,
    ) -> None:
        self._session = session
        self._waiting: list[_Entry] = []
        self._something = asyncio.Event()
        self._batch = 0
        self._crowded: dict[AgentId, float] = {}
        self._on_batch = on_batch
        self._on_facts = on_facts
        self._on_turn = on_turn

    async def write(self, step: Step) -> Written:
        """Return once the step is committed. Raises FencedError where the task is owned or changed by others,
        LostRaceError where a row was not as the runner knew it.
        """
        written = await self._put(step)
        assert isinstance(written, Written)
        return written

    async def take(self, task_id: str) -> Task | None:
        """Own the task from now on; None where somebody has it, or there is nothing to do for it."""
        taken = await self._put(Take(task_id))
        assert isinstance(taken, Taken)
        return taken.task

    async def _put(self, what: Step | Take) -> Written | Taken:
        entry = _Entry(what, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        self._something.set()
        return await entry.done

    async def run(self) -> None:
        """Write batches until cancelled. Raises FencedError when this worker was given up for dead."""
        try:
            while True:
                for part in self._parted(await self._drain()):
                    await self._write_all(*part)
        except FencedError as error:
            for entry in self._waiting:
                _tell(entry, error)
            raise

    async def _drain(self) -> list[_Entry]:
        if not self._waiting:
            self._something.clear()
            await self._something.wait()
        batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
        return batch

    def _parted(self, batch: list[_Entry]) -> list[tuple[list[_Entry], _Way]]:
        """Plain steps by themselves, and takes, so that what is neither does not take them along on the long way."""
        parts: dict[_Way, list[_Entry]] = {"takes": [], "at once": [], "the long way": []}
        now = asyncio.get_running_loop().time()
        for entry in batch:
            parts[self._way_of(entry.what, now)].append(entry)
        return [(part, way) for way, part in parts.items() if part]

    def _way_of(self, what: Step | Take, now: float) -> _Way:
        if isinstance(what, Take):
            return "takes"
        return "at once" if is_plain(what) and not self._is_crowded(what, now) else "the long way"

    def _is_crowded(self, step: Step, now: float) -> bool:
        until = self._crowded
        return bool(until) and any(s.limited and until.get(s.agent, now) > now for s in step.starts)

    async def _write_all(self, batch: list[_Entry], way: _Way) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            result = await self._commit([entry.what for entry in batch], way)
        except FencedError as error:
            for entry in batch:
                _tell(entry, error)
            raise
        except (LostRaceError, asyncpg.PostgresError, ValueError) as error:
            # Data that Postgres refuses, or a row that was not as expected: find whose, let the others pass.
            if len(batch) == 1:
                _tell(batch[0], error)
                return
            middle = len(batch) // 2
            await self._write_all(batch[:middle], way)
            await self._write_all(batch[middle:], way)
            return
        # The next batch leaves first: Postgres works on it while the news of this one goes round.
        loop.call_soon(self._spread, batch, result, loop.time() - began)

    def _spread(self, batch: list[_Entry], result: BatchResult, seconds: float) -> None:
        for entry, outcome in zip(batch, result.outcomes, strict=True):
            _tell(entry, outcome)
        if result.turn:
            self._on_turn()
        # Runners go on in the loop's next turn and their calls begin in the one after; counting and logging come then.
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self._observe, len(batch), seconds, result.facts)

    def _observe(self, size: int, seconds: float, facts: Sequence[Fact]) -> None:
        self._on_batch(size, seconds)
        self._on_facts(facts)

    async def _commit(self, entries: list[Step | Take], way: _Way) -> BatchResult:
        """Write a batch exactly once, through however many failures of the database.

        The batch's number is stored by the same transaction, so when the connection breaks in the middle of
        a commit, the number says afterwards whether it took place.
        """
        self._batch += 1
        if (quick := _quick(entries, way)) is not None:
            if (result := await self._at_once(quick)) is not None:
                return result
            self._expect_lines(entries)
        return await self._the_long_way(entries)

    def _expect_lines(self, entries: list[Step | Take]) -> None:
        until = asyncio.get_running_loop().time() + CROWDED_S
        for entry in entries:
            if isinstance(entry, Step):
                self._crowded |= {start.agent: until for start in entry.starts}

    async def _at_once(self, quick: AtOnce | Taking) -> BatchResult | None:
        session, written = self._session, False
        while True:
            try:
                if written:
                    return await quick.told_again(session.connection, session.worker_id)
                return await quick.write(session.connection, session.worker_id, self._batch, session.actor)
            except GONE as error:
                # asyncpg says InterfaceError to values it cannot encode, too; those are ours to tell.
                if isinstance(error, ValueError):
                    raise
                written = await self._resume() == self._batch

    async def _the_long_way(self, entries: list[Step | Take]) -> BatchResult:
        session = self._session
        while True:
            result: BatchResult | None = None
            try:
                async with session.connection.transaction():
                    result = await write_batch(
                        session.connection, session.worker_id, self._batch, entries, session.actor
                    )
            except GONE as error:
                if isinstance(error, ValueError):
                    raise
                if await self._resume() == self._batch and result is not None:
                    return result
            else:
                return result

    async def _resume(self) -> int:
        while True:
            try:
                return await self._session.resume()
            except UnreachableError:
                await asyncio.sleep(RECONNECT_S)


def _quick(entries: list[Step | Take], way: _Way) -> AtOnce | Taking | None:
    match way:
        case "takes":
            return Taking([entry for entry in entries if isinstance(entry, Take)])
        case "at once":
            return AtOnce([entry for entry in entries if isinstance(entry, Step)])
        case "the long way":
            return None
        case other:
            assert_never(other)


def _tell(entry: _Entry, outcome: Written | Taken | Exception) -> None:
    if entry.done.done():
        return
    match outcome:
        case Written() | Taken():
            entry.done.set_result(outcome)
        case error:
            entry.done.set_exception(error)
