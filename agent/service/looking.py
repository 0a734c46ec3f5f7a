"""Puts together what a caller sees of a task."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from agent.apart import apart
from agent.service.estimating import MOST_NODES, Estimating
from agent.service.shown import (
    approval_view,
    attempt_view,
    dependency_views,
    metrics,
    plan_view,
    routing_view,
    status_change,
    subtask_row,
    subtask_views,
    task_row,
)
from agent.service.submit import Receipt
from agent.service.views.subtask import SubtaskPage
from agent.service.views.task import ArtifactView, Resumed, SubmittedView, TaskView
from agent.store.approvals import Approvals
from agent.store.database import Database
from agent.store.events import Events
from agent.store.plans import PlanRows, Plans, read_standing
from agent.store.progress import Standings, read_attempt
from agent.store.progress import read as read_progress
from agent.store.rows import Row
from agent.store.runs import LARGE
from agent.store.tasks import Tasks
from domain.clock import Clock
from domain.plan import Plan
from domain.subtask import Progress
from domain.task import Task
from planner.estimate import Estimate

View = TypeVar("View")


@dataclass(frozen=True)
class Look(Generic[View]):
    """What a caller is to see, read and not yet put together. Where it is `large`, a thread should do that, and free
    what it took: the loop has others to serve.
    """

    large: bool
    compose: Callable[[], View]


class _Stored(NamedTuple):
    """A plan and how everything in it stands, as rows; `opened` where it was small enough to be estimated."""

    sealed: PlanRows | None
    stand: Sequence[Row]
    opened: Plan | None = None
    expected: Estimate | None = None

    @property
    def large(self) -> bool:
        return self.sealed is not None and len(self.sealed.subtasks) >= LARGE

    def plan(self) -> Plan | None:
        return self.opened or (self.sealed.stored().open() if self.sealed else None)

    def standings(self) -> list[Progress]:
        return [read_progress(row) for row in self.stand]


class Looking:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        notes: Callable[[str], Awaitable[tuple[str, ...]]],
        estimating: Estimating,
    ) -> None:
        self._estimating = estimating
        self._notes = notes
        self._tasks = Tasks(database.pool)
        self._plans = Plans(database.pool)
        self._standings = Standings(database.pool)
        self._approvals = Approvals(database.pool)
        self._events = Events(database.pool)
        self._clock = clock

    async def submitted(self, receipt: Receipt) -> Look[SubmittedView]:
        task = receipt.task
        stored = await self._stored(task)
        approvals = await self._approvals.of(task.task_id)

        def composed() -> SubmittedView:
            plan, standings = stored.plan(), stored.standings()
            return SubmittedView(
                task_id=task.task_id,
                status=task.status,
                plan=plan_view(plan, task, standings, stored.expected) if plan else None,
                subtasks=subtask_views(plan, standings) if plan else (),
                routing_plan=routing_view(task, plan, approvals),
                duplicate=receipt.duplicate,
                request_changed=receipt.request_changed,
            )

        return Look(stored.large, composed)

    async def resumed(self, task: Task) -> Look[Resumed]:
        stored = await self._stored(task)

        def composed() -> Resumed:
            plan = stored.plan()
            subtasks = subtask_views(plan, stored.standings()) if plan else ()
            return Resumed(task_id=task.task_id, status=task.status, subtasks=subtasks)

        return Look(stored.large, composed)

    async def task(self, task_id: str) -> TaskView:
        """Raises NotFoundError."""
        look = await self.whole(task_id)
        return await apart(look.compose) if look.large else look.compose()

    async def whole(self, task_id: str) -> Look[TaskView]:
        """Everything that is known of a task. Raises NotFoundError."""
        task = await self._tasks.get(task_id)
        stored = await self._stored(task)
        tried = await self._standings.attempt_rows(task_id)
        approvals = await self._approvals.of(task_id)
        history = await self._events.status_history(task_id)
        artifacts, notes = await self._standings.artifacts(task_id), await self._notes(task_id)

        def composed() -> TaskView:
            plan, standings = stored.plan(), stored.standings()
            attempts = [read_attempt(row) for row in tried]
            changes = tuple(change for event in history if (change := status_change(event)) is not None)
            return TaskView(
                **task_row(task).model_dump(exclude={"revision"}),
                reason=task.reason,
                mode=task.mode,
                plan=plan_view(plan, task, standings, stored.expected) if plan else None,
                routing_plan=routing_view(task, plan, approvals),
                subtasks=subtask_views(plan, standings) if plan else (),
                dependencies=dependency_views(plan) if plan else (),
                attempts=tuple(attempt_view(attempt) for attempt in attempts),
                approvals=tuple(approval_view(approval) for approval in approvals),
                artifacts=tuple(ArtifactView(subtask_id=node, **a.model_dump()) for node, a in artifacts),
                status_history=changes,
                metrics=metrics(task, standings, attempts, changes, self._clock.now()),
                notes=notes,
            )

        return Look(stored.large or len(tried) >= LARGE, composed)

    async def subtasks(self, task_id: str, *, after: int, limit: int) -> Look[SubtaskPage]:
        """A page of a plan of any size. Raises NotFoundError."""
        task = await self._tasks.get(task_id)
        page = await self._plans.page(task_id, task.revision, start=after, limit=limit + 1)

        def composed() -> SubtaskPage:
            rows = tuple(subtask_row(*read_standing(row)) for row in page[:limit])
            return SubtaskPage(subtasks=rows, next=after + limit if len(page) > limit else None)

        return Look(len(page) >= LARGE, composed)

    async def _stored(self, task: Task) -> _Stored:
        sealed = await self._plans.rows(task.task_id, task.revision) if task.revision else None
        stored = _Stored(sealed, await self._standings.rows(task.task_id))
        if sealed is None or len(sealed.subtasks) > MOST_NODES:
            return stored
        plan = await apart(stored.plan) if stored.large else stored.plan()
        expected = await self._estimating.of(plan, task) if plan else None
        return stored._replace(opened=plan, expected=expected)
