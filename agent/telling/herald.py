"""Reads the log and puts what it calls for on its way: each event once, however many heralds there are.

Its place in the log moves in the transaction that stores the deliveries, so an event is never passed over and
never told twice.
"""

import asyncio
import contextlib
import time
from typing import Final

from agent.store import deliveries
from agent.store.database import Database
from agent.store.deliveries import Parcel
from agent.store.events import Events
from agent.store.pool import GONE
from agent.telling.composing import Composing

READER: Final = "herald"
PAGE: Final = 500
POLL_S: Final = 1.0
REST_S: Final = 0.1
"""Before each look: what happens meanwhile is told together, and nobody's work waits for the telling."""
UNHEARD: Final = (
    "subtask_planned",
    "subtask_started",
    "subtask_completed",
    "subtask_ready",
    "task_heartbeat",
)
"""What happens all the time and calls for no notice."""

RECALLED: Final = 500


class Herald:
    def __init__(self, database: Database, composing: Composing) -> None:
        self._database = database
        self._events = Events(database.pool)
        self._composing = composing
        self._hint = asyncio.Event()
        self._recalls_at = 0.0

    async def run(self) -> None:
        """Until cancelled. What happened before there ever was a herald is not told."""
        async with self._database.transaction("herald") as tx:
            await deliveries.begin_reading(tx.connection, READER, await self._events.head())
        async with asyncio.TaskGroup() as group:
            group.create_task(self._database.ears.listen("orchestrator_events", self._hint.set))
            group.create_task(self._read())

    async def _read(self) -> None:
        while True:
            with contextlib.suppress(*GONE):
                while await self.step():
                    pass
                await self._recall()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._hint.wait()
            # What follows from what just happened goes first.
            await asyncio.sleep(REST_S)
            self._hint.clear()

    async def step(self) -> bool:
        """Tell the next page; whether there may be more."""
        async with self._database.transaction("herald") as tx:
            place = await deliveries.place(tx.connection, READER)
            if place is None:
                return False
            heard = await self._events.heard(place, UNHEARD, limit=PAGE)
            if heard.end is None:
                return False
            known = await self._composing.known(heard.events)
            parcels: list[Parcel] = []
            for event in heard.events:
                parcels.extend(await self._composing.parcels(event, known))
            await deliveries.add(tx.connection, parcels)
            await deliveries.move_place(tx.connection, READER, heard.end)
        return heard.more

    async def _recall(self) -> None:
        """What was lost was due long ago, so that it is not looked for at every turn."""
        if (now := time.monotonic()) < self._recalls_at:
            return
        self._recalls_at = now + POLL_S
        async with self._database.transaction("herald") as tx:
            await deliveries.recall(tx.connection, RECALLED)
