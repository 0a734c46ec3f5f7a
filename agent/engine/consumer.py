"""Takes tickets of one kind from the queue, as many at once as there are hands."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from pgqueuer import Job, PgQueuer

from agent.engine.driver import SteadyDriver
from agent.store.database import Database
from agent.store.pool import GONE

AGAIN_S: Final = 0.5
"""How soon to try again when the database went away."""

AT_ONCE: Final = 25
"""Tickets that one look at the queue may bring: each look costs the same however many it brings."""


@dataclass
class Consumer:
    """`handle(what, headers)` sees to one ticket; whatever it leaves undone, somebody else is told again."""

    database: Database
    entrypoint: str
    handle: Callable[[str, Mapping[str, str]], Awaitable[None]]
    concurrency: int
    unheard: frozenset[str] = frozenset()
    patience: Callable[[], float] | None = None
    """For how many seconds a new ticket may wait when the queue tells of it; None: for none."""
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    at_hand: set[asyncio.Task[object]] = field(default_factory=set)

    def close(self) -> None:
        """Take no more; `run` ends when those at hand are done."""
        self.closing.set()

    async def run(self) -> None:
        while not self.closing.is_set():
            with contextlib.suppress(*GONE):
                await self._consume()
            if not self.closing.is_set():
                await asyncio.sleep(AGAIN_S)

    async def _consume(self) -> None:
        driver = SteadyDriver(
            self.database.pool,
            self.database.dsn,
            self.closing,
            unheard=self.unheard,
            patience=self.patience,
        )
        queue = PgQueuer(driver)

        @queue.entrypoint(self.entrypoint, accepts_context=False)
        async def handle(job: Job) -> None:
            headers = {name: str(value) for name, value in (job.headers or {}).items()}
            with self._in_hand():
                await self.handle((job.payload or b"").decode(), headers)

        closing = asyncio.create_task(self._close_in_time(queue))
        try:
            self.listening.set()
            await self._until_done_or_dropped(
                queue.qm.run(
                    dequeue_timeout=timedelta(seconds=1),
                    batch_size=max(1, min(AT_ONCE, self.concurrency // 2)),
                    max_concurrent_tasks=max(2, self.concurrency),
                    heartbeat_timeout=timedelta(seconds=5),
                    log_aggregation_interval=timedelta(0),
                )
            )
        finally:
            closing.cancel()

    @contextlib.contextmanager
    def _in_hand(self) -> Iterator[None]:
        this = asyncio.current_task()
        assert this is not None
        self.at_hand.add(this)
        try:
            yield
        finally:
            self.at_hand.discard(this)

    async def _until_done_or_dropped(self, taking: Coroutine[None, None, None]) -> None:
        """Whoever cancels this drops what is at hand; the queue by itself would wait for all of it first."""
        run = asyncio.create_task(taking)
        try:
            await asyncio.shield(run)
        except asyncio.CancelledError:
            run.cancel()
            for task in self.at_hand:
                task.cancel()
            await asyncio.wait([run])
            raise

    async def _close_in_time(self, queue: PgQueuer) -> None:
        await self.closing.wait()
        queue.shutdown.set()
