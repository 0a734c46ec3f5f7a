"""When a plan would be done and what it would cost, from what agents have needed so far."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Final

from domain.agent import Manifest
from domain.clock import Clock
from domain.ids import AgentId
from domain.plan import Plan
from domain.task import Task
from planner.estimate import Estimate, estimate

MOST_NODES: Final = 1_000
"""A larger plan is not estimated: it would take seconds."""

DRAWN: Final = 20_000
"""Draws times nodes: a few milliseconds. Larger plans are drawn elsewhere than on the loop."""

MOST_DRAWS, LEAST_DRAWS = 1_000, 200
KEPT: Final = 256


class Estimating:
    """`draw` makes the source of randomness; the same for each plan, so that an answer does not flicker."""

    def __init__(
        self,
        manifest: Manifest,
        history: Callable[[], Mapping[AgentId, Sequence[float]]],
        clock: Clock,
        draw: Callable[[], Random],
    ) -> None:
        self._manifest = manifest
        self._history = history
        self._clock = clock
        self._draw = draw
        self._kept: OrderedDict[tuple[object, ...], Estimate] = OrderedDict()

    async def of(self, plan: Plan, task: Task) -> Estimate | None:
        """For the plan as a whole, from its beginning; null where it is empty or too large."""
        if not plan.subtasks or len(plan.subtasks) > MOST_NODES:
            return None
        begins = task.started_at or self._clock.now()
        history = self._history()
        left = round((task.due_at - begins).total_seconds(), -1) if task.due_at else None
        key = (task.task_id, task.plan_hash, left, id(history))
        if key not in self._kept:
            self._kept[key] = await self._estimated(plan, history, begins, task.due_at)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]

    async def _estimated(
        self,
        plan: Plan,
        history: Mapping[AgentId, Sequence[float]],
        begins: datetime,
        due: datetime | None,
    ) -> Estimate:
        draws = max(LEAST_DRAWS, min(MOST_DRAWS, DRAWN // len(plan.subtasks)))

        def simulated() -> Estimate:
            return estimate(
                plan.subtasks,
                self._manifest,
                self._draw(),
                history=history,
                now=begins,
                due=due,
                draws=draws,
            )

        return simulated() if draws == MOST_DRAWS else await asyncio.to_thread(simulated)
