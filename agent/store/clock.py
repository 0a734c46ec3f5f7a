"""The database's time, told without asking it each time."""

import asyncio
import contextlib
import time
from datetime import UTC, datetime, timedelta

from agent.store.pool import GONE
from agent.store.rows import Pool

SYNC_S = 5.0


class DatabaseClock:
    """Counts on from the database's last answer with the machine's steady clock, so that a wall clock that
    is wrong or jumps here changes nothing.
    """

    def __init__(self) -> None:
        self._at = datetime.now(UTC)
        self._counted = time.monotonic()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._counted)

    async def sync(self, pool: Pool) -> None:
        """Ask once; half of the round trip is taken for the way back."""
        asked = time.monotonic()
        at: datetime = await pool.fetchval("SELECT db_now()")
        self._counted = time.monotonic()
        self._at = at + timedelta(seconds=(self._counted - asked) / 2)

    async def keep(self, pool: Pool) -> None:
        """Ask now and then, until cancelled."""
        while True:
            with contextlib.suppress(*GONE):
                await self.sync(pool)
            await asyncio.sleep(SYNC_S)
