"""The one connection on which a process listens for hints. A hint is never the truth: readers poll besides.

A notification wakes every session of the database that listens, whatever to, and each then looks for whom it is: so all
that listen in a process do it on one session.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Final

from agent.store.pool import GONE, connect
from agent.store.rows import OwnConnection
from domain.errors import UnreachableError

AGAIN_S: Final = 0.5

Hear = Callable[[str], None]


class Ears:
    """Whoever has them open owns the connection; there is none before somebody listens."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._hearers: dict[str, list[Hear]] = {}
        self._listened: set[str] = set()
        self._changed = asyncio.Event()
        self._owner: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Ears"]:
        self._owner = asyncio.create_task(self._own(), name="ears")
        try:
            yield self
        finally:
            self._owner.cancel()
            await asyncio.wait([self._owner])

    async def listen(self, channel: str, on_hint: Callable[[], None]) -> None:
        """Call `on_hint` for every notification, until cancelled."""
        await self.hear(channel, lambda _payload: on_hint())

    async def hear(self, channel: str, on_payload: Hear) -> None:
        """Like `listen`, with what was said; an empty word after each connecting, as something may have been missed.

        Raises what the connection failed with where connecting again cannot help.
        """
        assert self._owner is not None, "the ears are not open"
        hearers = self._hearers.setdefault(channel, [])
        hearers.append(on_payload)
        self._changed.set()
        if channel in self._listened:
            on_payload("")
        try:
            await asyncio.shield(self._owner)
        finally:
            hearers.remove(on_payload)

    async def _own(self) -> None:
        """Connects again as often as it takes."""
        while True:
            await self._changed.wait()
            with contextlib.suppress(UnreachableError, *GONE):
                await self._once()
            self._listened.clear()
            self._changed.set()
            await asyncio.sleep(AGAIN_S)

    async def _once(self) -> None:
        connection = await connect(self._dsn, name="orchestrator ears")
        try:
            connection.add_termination_listener(lambda _connection: self._changed.set())
            while not connection.is_closed():
                self._changed.clear()
                for channel in self._hearers.keys() - self._listened:
                    await self._begin(connection, channel)
                await self._changed.wait()
        finally:
            with contextlib.suppress(*GONE):
                await connection.close(timeout=2)

    async def _begin(self, connection: OwnConnection, channel: str) -> None:
        await connection.add_listener(channel, lambda *told: self._tell(channel, str(told[-1])))
        self._listened.add(channel)
        self._tell(channel, "")

    def _tell(self, channel: str, payload: str) -> None:
        """Each is called by itself: one that fails fails for nobody else."""
        loop = asyncio.get_running_loop()
        for hear in self._hearers[channel]:
            loop.call_soon(hear, payload)
