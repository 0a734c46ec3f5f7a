"""Takes tickets of one kind from the queue, as many at once as there are hands.

The statements are PgQueuer's, and the loop is not: its own has three asyncio tasks and a timer for each ticket.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final
from uuid import uuid4

from pgqueuer import Job, JobId, Queries
from pgqueuer.models import TracebackRecord
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.types import JOB_STATUS, QueueEntrypoint, QueueManagerId

from agent.engine.driver import SteadyDriver
from agent.engine.word import Word, at_once
from agent.store.database import Database
from agent.store.pool import GONE

AT_ONCE: Final = 25
"""Tickets that one look at the queue may bring: each look costs the same however many it brings."""

LOOK_S: Final = 1.0
"""The queue is looked at so often though nobody tells of a ticket."""

REST_S: Final = 0.1
"""Between two looks for a free hand, and between two notes of what was seen to."""

LOST_AFTER: Final = timedelta(seconds=5)
"""Somebody else takes a ticket whose taker was not heard of for so long."""

BEAT_S: Final = LOST_AFTER.total_seconds() / 2

_log = logging.getLogger(__name__)

_NO_LIMIT: Final = EntrypointExecutionParameter(concurrency_limit=0)


class Consumer:
    """`handle(what, headers)` sees to one ticket; whatever it leaves undone, somebody else is told again.

    `patience`: for how many seconds a new ticket may wait when the queue tells of it.
    """

    def __init__(
        self,
        database: Database,
        entrypoint: str,
        handle: Callable[[str, Mapping[str, str]], Awaitable[None]],
        concurrency: int,
        *,
        patience: Callable[[], float] = at_once,
    ) -> None:
        self._database = database
        self._entrypoint = QueueEntrypoint(entrypoint)
        self._handle = handle
        self._concurrency = max(2, concurrency)
        self._batch = min(AT_ONCE, self._concurrency // 2)
        self._myself = QueueManagerId(uuid4())
        self.closing = asyncio.Event()
        self.listening = asyncio.Event()
        self._queue = Queries(SteadyDriver(database.pool, self.closing))
        self._look = asyncio.Event()
        self._word = Word(self._look.set, patience)
        self._in_hand: dict[JobId, asyncio.Task[None]] = {}
        self._seen_to: list[tuple[Job, JOB_STATUS, TracebackRecord | None]] = []
        self._more = False

    def close(self) -> None:
        """Take no more; `run` ends when those at hand are done."""
        self.closing.set()
        self._look.set()

    async def run(self) -> None:
        """Until closed, or cancelled, which drops what is at hand."""
        try:
            async with asyncio.TaskGroup() as chores:
                beside = [
                    chores.create_task(self._listen()),
                    chores.create_task(self._beat()),
                    chores.create_task(self._note()),
                ]
                async with asyncio.TaskGroup() as hands:
                    await self._take(hands)
                for chore in beside:
                    chore.cancel()
        finally:
            with contextlib.suppress(*GONE):
                async with asyncio.timeout(LOOK_S):
                    await self._note_all()

    async def _listen(self) -> None:
        channel = self._queue.qbe.settings.channel
        await self._database.ears.hear(channel, self._word.hear)

    async def _take(self, hands: asyncio.TaskGroup) -> None:
        self.listening.set()
        # The database may be away while this leaves; what is at hand is seen to all the same.
        with contextlib.suppress(*GONE):
            while not self.closing.is_set():
                self._look.clear()
                room = min(self._batch, self._concurrency - len(self._in_hand))
                jobs = await self._dequeue(room) if room else []
                for job in jobs:
                    # One that is in hand still was taken for lost, as a beat was late.
                    if job.id not in self._in_hand:
                        self._in_hand[job.id] = hands.create_task(self._see_to(job))
                self._more = len(jobs) == room
                if not (self._more and len(self._in_hand) < self._concurrency):
                    await self._rest()

    async def _dequeue(self, room: int) -> list[Job]:
        return await self._queue.dequeue(
            batch_size=room,
            entrypoints={self._entrypoint: _NO_LIMIT},
            queue_manager_id=self._myself,
            global_concurrency_limit=None,
            heartbeat_timeout=LOST_AFTER,
        )

    async def _rest(self) -> None:
        """Until there may be something to take, or a hand to take it."""
        seconds = REST_S if self._more else await self._until_due()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._look.wait()

    async def _until_due(self) -> float:
        due = await self._queue.next_deferred_eta([self._entrypoint])
        return LOOK_S if due is None else min(LOOK_S, due.total_seconds())

    async def _see_to(self, job: Job) -> None:
        headers = {name: str(value) for name, value in (job.headers or {}).items()}
        try:
            await self._handle((job.payload or b"").decode(), headers)
        except asyncio.CancelledError:
            self._put_down(job, "canceled")
            raise
        except Exception as error:  # noqa: BLE001  it ends this look, and there are other tickets to see to
            _log.exception("seeing to ticket %s (%s) failed", job.id, job.entrypoint)
            self._put_down(job, "exception", TracebackRecord.from_exception(error, job.id))
        else:
            self._put_down(job, "successful")

    def _put_down(self, job: Job, status: JOB_STATUS, trace: TracebackRecord | None = None) -> None:
        del self._in_hand[job.id]
        self._seen_to.append((job, status, trace))
        if self._more and self._concurrency - len(self._in_hand) >= self._batch:
            self._look.set()

    async def _note(self) -> None:
        """Write down what was seen to, many at once."""
        with contextlib.suppress(*GONE):
            while True:
                await asyncio.sleep(REST_S)
                await self._note_all()

    async def _note_all(self) -> None:
        """What was not heard to be written is written again: it finds no row then."""
        if noted := self._seen_to[:]:
            await self._queue.log_jobs(noted)
            del self._seen_to[: len(noted)]

    async def _beat(self) -> None:
        """Tell, for all that is at hand, that it is not lost."""
        with contextlib.suppress(*GONE):
            while True:
                await asyncio.sleep(BEAT_S)
                if self._in_hand:
                    await self._queue.update_heartbeat(list(self._in_hand))
