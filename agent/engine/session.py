"""A worker's life: one database session that holds its lock, writes its steps, and dies with it.

Ownership of tasks hangs on the lock, and only the session that holds the lock writes. So a worker that
lost its session cannot write, and whoever finds the lock free may take its tasks (ADR 0004). A thread of
its own tells the others that this process is not frozen.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from agent.store.migrate import newest
from agent.store.pool import BY_KEY, GONE, connect
from agent.store.queries import queries
from agent.store.rows import OwnConnection
from domain.errors import FencedError, UnreachableError

_SQL = queries("workers")

BEAT_S: Final = 1.0
FROZEN_AFTER_S: Final = 4.0
"""A worker whose last beat is older is taken for frozen; its session is ended by whoever takes over."""

STUCK_AFTER_S: Final = 60.0
"""An event loop that does not turn for this long is as good as dead: the beats stop."""


class Session:
    """One incarnation of a worker. `connection` must be used by one writer only."""

    def __init__(self, dsn: str, name: str, worker_id: int, connection: OwnConnection) -> None:
        self.dsn = dsn
        self.name = name
        self.worker_id = worker_id
        self.connection = connection
        self.turned = time.monotonic()

    @property
    def actor(self) -> str:
        return f"worker:{self.name}"

    async def resume(self) -> int:
        """Connect again under the same number; the last batch that was committed.

        Tasks that others took meanwhile have another epoch by now; the rest are still ours. Raises
        FencedError where this worker was given up for dead, UnreachableError while nobody answers.
        """
        await self._drop()
        self.connection = await connect(self.dsn, name=f"orchestrator {self.name}", settings=BY_KEY)
        if not await self.connection.fetchval(_SQL["hold"], self.worker_id):
            raise FencedError(f"worker {self.worker_id} is held by another session")
        last: int | None = await self.connection.fetchval(_SQL["renew"], self.worker_id)
        if last is None:
            raise FencedError(f"worker {self.worker_id} was given up for dead; its tasks are with others")
        return last

    async def retire(self) -> None:
        with contextlib.suppress(*GONE):
            await self.connection.execute(_SQL["retire"], self.worker_id)
        await self._drop()

    async def _drop(self) -> None:
        with contextlib.suppress(*GONE):
            await asyncio.wait_for(self.connection.close(), 2)


class Pulse(threading.Thread):
    """Beats from a thread of its own, so that a busy event loop does not look like a death."""

    def __init__(self, session: Session) -> None:
        super().__init__(name=f"pulse-{session.worker_id}", daemon=True)
        self._session = session
        self._over = threading.Event()

    def stop(self) -> None:
        self._over.set()

    def run(self) -> None:
        asyncio.run(self._beat())

    async def _beat(self) -> None:
        connection: OwnConnection | None = None
        while not await asyncio.to_thread(self._over.wait, BEAT_S):
            if time.monotonic() - self._session.turned > STUCK_AFTER_S:
                continue
            try:
                if connection is None or connection.is_closed():
                    connection = await connect(
                        self._session.dsn, name=f"orchestrator pulse {self._session.name}"
                    )
                await connection.execute(_SQL["beat"], self._session.worker_id)
            except (*GONE, UnreachableError):
                connection = None
        if connection is not None:
            await connection.close()


async def _turn(session: Session) -> None:
    while True:
        session.turned = time.monotonic()
        await asyncio.sleep(BEAT_S)


@asynccontextmanager
async def enlisted(dsn: str, name: str) -> AsyncIterator[Session]:
    """A new worker, enlisted, holding its lock and beating until the block ends. Raises UnreachableError."""
    connection = await connect(dsn, name=f"orchestrator {name}", settings=BY_KEY)
    worker_id: int = await connection.fetchval(_SQL["enlist"], name, newest())
    await connection.fetchval(_SQL["hold"], worker_id)
    session = Session(dsn, name, worker_id, connection)
    pulse = Pulse(session)
    pulse.start()
    turning = asyncio.create_task(_turn(session))
    try:
        yield session
    finally:
        turning.cancel()
        pulse.stop()
        await asyncio.to_thread(pulse.join, 5)
        await session.retire()
