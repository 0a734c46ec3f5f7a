"""Follows the log and chains it, block by block, behind those who write: nobody waits for it.

An event that was committed and not yet chained could still be changed unseen; that gap is a second, or as long as
it takes to catch up under load. The auditor rests nine times as long as it works, so that it costs a tenth of a
processor at most.
"""

import asyncio
import contextlib
import time
from typing import Final

from agent.audit.chain import START, entry_of, onward, signed_text
from agent.audit.key import SigningKey
from agent.store import audit, deliveries
from agent.store.audit import Block, End
from agent.store.database import Database
from agent.store.pool import GONE
from agent.store.rows import Row
from domain.clock import Clock

READER: Final = "auditor"
PAGE: Final = 500
TURN: Final = 25
"""Entries that are hashed in one turn of the event loop."""
POLL_S: Final = 1.0
REST: Final = 9.0


class Auditor:
    """Any number may run; one works at a time."""

    def __init__(self, database: Database, key: SigningKey, clock: Clock) -> None:
        self._database = database
        self._key = key
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled."""
        async with self._database.transaction("auditor") as tx:
            await deliveries.begin_reading(tx.connection, READER, 0)
        while True:
            began, more = time.thread_time(), False
            with contextlib.suppress(*GONE):
                more = await self.step()
            await asyncio.sleep((time.thread_time() - began) * REST if more else POLL_S)

    async def step(self) -> bool:
        """Chain the next block; whether there may be more."""
        async with self._database.transaction("auditor") as tx:
            place = await deliveries.place(tx.connection, READER)
            if place is None:
                return False
            rows = await audit.entries_after(tx.connection, place, PAGE)
            if not rows:
                return False
            end = await audit.end(tx.connection) or End(0, 0, START)
            await audit.add(tx.connection, await self._block(end, rows))
            await deliveries.move_place(tx.connection, READER, rows[-1]["seq"])
        return len(rows) == PAGE

    async def _block(self, end: End, rows: list[Row]) -> Block:
        head, heads = end.head, []
        for place, row in enumerate(rows, start=1):
            head = onward(head, entry_of(**row))
            heads.append(head)
            if place % TURN == 0:
                await asyncio.sleep(0)
        number, last = end.number + 1, rows[-1]["seq"]
        return Block(
            number,
            tuple(row["seq"] for row in rows),
            b"".join(heads),
            self._clock.now(),
            self._key.public,
            self._key.sign(signed_text(number, last, head)),
        )
