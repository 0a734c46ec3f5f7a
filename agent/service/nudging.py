"""Tells people again what waits for them: at half of its time, and at four fifths others besides.

Each is a fact of the log, written once whoever looks; telling it is the herald's, as with everything.
"""

import asyncio
import contextlib
from typing import Final

from agent.store import nudges
from agent.store.approvals import Approvals
from agent.store.changes import Nudged
from agent.store.database import Database
from agent.store.nudges import Due
from agent.store.pool import GONE
from domain.errors import LostRaceError
from domain.facts.approval import ApprovalNudged

POLL_S: Final = 5.0
AT_ONCE: Final = 200
MANY: Final = 10
"""From so many that wait on, people are reminded of all at once, at most once an hour."""


class Nudging:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with contextlib.suppress(*GONE):
                await self.step()
            await asyncio.sleep(POLL_S)

    async def step(self) -> int:
        """How many were told of."""
        found = await nudges.due(self._database.pool, AT_ONCE)
        if not found:
            return 0
        many = await Approvals(self._database.pool).count_pending() >= MANY
        told = 0
        for each in found:
            with contextlib.suppress(LostRaceError):
                await self._nudge(each, digest=many and each.kind == "reminded")
                told += 1
        return told

    async def _nudge(self, due: Due, *, digest: bool) -> None:
        async with self._database.transaction("clock") as tx:
            await tx.record(
                Nudged(due.approval_id, due.kind),
                ApprovalNudged(
                    kind="approval_reminded" if due.kind == "reminded" else "approval_escalated",
                    task_id=due.task_id,
                    approval_id=due.approval_id,
                    roles=due.demand.roles if due.kind == "reminded" else due.demand.escalate_to,
                    digest=digest,
                ),
            )
