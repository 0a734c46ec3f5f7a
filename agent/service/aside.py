"""Planning in a thread, where it takes longer than the loop may be kept waiting."""

import asyncio
from collections.abc import Mapping

from domain.ids import AgentId
from domain.plan import Plan
from domain.request import Request
from planner.pipeline import Planning
from planner.subtasks import NONE_USED


class Aside:
    def __init__(self, planning: Planning) -> None:
        self._planning = planning

    async def plan(
        self, request: Request, *, revision: int = 1, numbers: Mapping[AgentId, int] = NONE_USED
    ) -> Plan:
        """The same plan. Raises PlanInvalidError."""
        return await asyncio.to_thread(
            self._planning.plan_by_rules, request, revision=revision, numbers=numbers
        )
