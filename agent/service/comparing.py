"""Which revisions a task's plan has had, why, and what became different from one to another."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Final, Literal

from agent.service.views.approval import ApprovalView
from agent.service.views.plan import PlanView
from agent.service.views.subtask import SubtaskView
from agent.store.database import Database
from agent.store.plans import Plans, StoredPlan
from agent.store.revisions import Revisions
from agent.store.tasks import Tasks
from domain.agent import Manifest, RiskLevel
from domain.base import Value
from domain.ids import Digest, SubtaskId
from domain.plan import Finding, Plan, Planner
from domain.task import TaskStatus
from planner.diff import PlanDiff, diff
from planner.diff_text import diff_lines
from planner.estimate import Estimate, estimate

DRAWS: Final = 1_000
"""Enough to tell two plans apart; how long one takes is told elsewhere."""


class RevisionView(Value):
    """`cause`, `by` and the words are there where people had this revision made."""

    revision: int
    plan_hash: Digest
    planner: Planner
    level: RiskLevel
    subtasks: int
    created_at: datetime
    cause: Literal["changes", "edit"] | None = None
    by: str | None = None
    comment: str | None = None
    target: SubtaskId | None = None
    understood: tuple[str, ...] = ()


class RevisionList(Value):
    task_id: str
    plans: tuple[RevisionView, ...]


class DiffView(Value):
    """`lines` say the same for people."""

    diff: PlanDiff
    lines: tuple[str, ...]
    was_hash: Digest
    now_hash: Digest
    findings: tuple[Finding, ...]
    """Those of the later of the two."""


class ChangedView(Value):
    """The plan that came of it. `understood` says how each clause was taken; `plan.findings` what was not.

    Where the comment leaves the plan as it is, `changed` is false, `superseded` and `approval` are its approval as it
    stands, and `findings` say what of the comment came to nothing.
    """

    changed: bool = True
    findings: tuple[Finding, ...] = ()
    superseded: ApprovalView
    approval: ApprovalView | None
    plan: PlanView | None
    subtasks: tuple[SubtaskView, ...]
    understood: tuple[str, ...]
    difference: DiffView


class EditedView(Value):
    """The edited plan, and its approval where it demands one. `changed` is false where nothing came of it: the plan
    and its approval are as they were.
    """

    changed: bool = True
    task_id: str
    status: TaskStatus
    approval: ApprovalView | None
    plan: PlanView | None
    subtasks: tuple[SubtaskView, ...]
    difference: DiffView


class Comparing:
    """`draw` makes the source of randomness of an estimate; the same for both plans, so that they compare."""

    def __init__(self, database: Database, manifest: Manifest, draw: Callable[[], Random]) -> None:
        self._tasks = Tasks(database.pool)
        self._plans = Plans(database.pool)
        self._revisions = Revisions(database.pool)
        self._manifest = manifest
        self._draw = draw

    async def revisions(self, task_id: str) -> RevisionList:
        """Oldest first. Raises NotFoundError."""
        await self._tasks.get(task_id)
        found = await self._revisions.of(task_id)
        return RevisionList(
            task_id=task_id, plans=tuple(RevisionView.model_validate(each._asdict()) for each in found)
        )

    async def diff(self, task_id: str, was: int, now: int) -> DiffView:
        """From one revision to another, in either direction. Raises NotFoundError."""
        await self._tasks.get(task_id)
        before, after = await self._plans.get(task_id, was), await self._plans.get(task_id, now)
        # Aside: reading, comparing and estimating large plans would keep everybody waiting.
        return await asyncio.to_thread(self._compared, before, after)

    async def lines(self, task_id: str, was: int, now: int) -> tuple[str, ...]:
        """The same for people alone. Raises NotFoundError."""
        return (await self.diff(task_id, was, now)).lines

    def _compared(self, before: StoredPlan, after: StoredPlan) -> DiffView:
        one, other = before.open(), after.open()
        found = diff(one, other, estimates=(self._estimate(one), self._estimate(other)))
        later = other if other.revision >= one.revision else one
        return DiffView(
            diff=found,
            lines=diff_lines(found, one, other),
            was_hash=before.plan_hash,
            now_hash=after.plan_hash,
            findings=later.findings,
        )

    def _estimate(self, plan: Plan) -> Estimate:
        return estimate(plan.subtasks, self._manifest, self._draw(), draws=DRAWS)
