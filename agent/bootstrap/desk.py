"""The desk of the service: where plans are made, and where people are asked about them."""

from functools import partial
from uuid import uuid4

from agent.bootstrap.equipment import Equipment
from agent.service.deciding import Deciding
from agent.service.planning import Planning
from agent.telemetry.tracing import carrier
from agent.telemetry.wrap import timed
from domain.approval import ApprovalStatus
from planner.given import plan_given


class Desk:
    """What the API and the worker plan and decide with."""

    def __init__(self, has: Equipment) -> None:
        self._metrics = has.metrics
        self.known = has.keyring.known if has.keyring else None
        self.keeping = Planning(
            has.database, has.planner, has.clock, uuid4, given=partial(plan_given, has.drawn.planning)
        )
        self.deciding = Deciding(has.database, has.clock, carrier, self._observe_decision, self.known)
        self.plan = timed(
            self._plan_and_ask,
            "plan",
            has.metrics,
            has.traces,
            span="orchestrator.plan",
            operation="plan",
        )

    async def _plan_and_ask(self, task_id: str) -> None:
        """What people said before of plans of this kind counts at once, and nobody else need be asked."""
        await self.keeping.plan(task_id)
        await self.deciding.say_again(task_id)

    def _observe_decision(self, _status: ApprovalStatus, waited_s: float) -> None:
        self._metrics.observe("approval_wait", waited_s)
