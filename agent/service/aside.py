"""Planning in a thread, where it takes longer than the loop may be kept waiting."""

import asyncio
from collections.abc import Mapping
from typing import Final

from domain.ids import AgentId
from domain.plan import Plan
from domain.request import Request
from planner.pipeline import Planning
from planner.subtasks import NONE_USED

LONG: Final = 2_000
"""Characters that rules read in a few hundredths of a second; of more, nobody else shall wait."""


class Aside:
    """Requests of more than `over` characters are planned in a thread, others here and now."""

    def __init__(self, planning: Planning, *, over: int = 0) -> None:
        self._planning = planning
        self._over = over

    async def plan(
        self, request: Request, *, revision: int = 1, numbers: Mapping[AgentId, int] = NONE_USED
    ) -> Plan:
        """The same plan. Raises PlanInvalidError."""
        if len(request.title) + len(request.description) <= self._over:
            return self._planning.plan_by_rules(request, revision=revision, numbers=numbers)
        return await asyncio.to_thread(
            self._planning.plan_by_rules, request, revision=revision, numbers=numbers
        )
