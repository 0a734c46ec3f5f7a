"""Puts together what a caller sees of a task."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from agent.service.estimating import Estimating
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
from agent.store.plans import Plans
from agent.store.progress import Standings
from agent.store.runs import LARGE
from agent.store.tasks import Tasks
from domain.clock import Clock
from domain.plan import Plan
from domain.task import Task

View = TypeVar("View")


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

    async def submitted(self, receipt: Receipt) -> SubmittedView:
        task = receipt.task
        plan, standings = await self._plan(task), await self._standings.of(task.task_id)
        approvals = await self._approvals.of(task.task_id)
        expected = await self._estimating.of(plan, task) if plan else None

        def composed() -> SubmittedView:
            return SubmittedView(
                task_id=task.task_id,
                status=task.status,
                plan=plan_view(plan, task, standings, expected) if plan else None,
                subtasks=subtask_views(plan, standings) if plan else (),
                routing_plan=routing_view(task, plan, approvals),
                duplicate=receipt.duplicate,
                request_changed=receipt.request_changed,
            )

        return await _aside(composed, plan)

    async def resumed(self, task: Task) -> Resumed:
        plan = await self._plan(task)
        standings = await self._standings.of(task.task_id)
        return Resumed(
            task_id=task.task_id, status=task.status, subtasks=subtask_views(plan, standings) if plan else ()
        )

    async def task(self, task_id: str) -> TaskView:
        """Raises NotFoundError."""
        task = await self._tasks.get(task_id)
        plan, standings = await self._plan(task), await self._standings.of(task_id)
        attempts = await self._standings.attempts(task_id)
        approvals = await self._approvals.of(task_id)
        history = await self._events.status_history(task_id)
        artifacts, notes = await self._standings.artifacts(task_id), await self._notes(task_id)
        expected = await self._estimating.of(plan, task) if plan else None

        def composed() -> TaskView:
            return TaskView(
                **task_row(task).model_dump(exclude={"revision"}),
                reason=task.reason,
                mode=task.mode,
                plan=plan_view(plan, task, standings, expected) if plan else None,
                routing_plan=routing_view(task, plan, approvals),
                subtasks=subtask_views(plan, standings) if plan else (),
                dependencies=dependency_views(plan) if plan else (),
                attempts=tuple(attempt_view(attempt) for attempt in attempts),
                approvals=tuple(approval_view(approval) for approval in approvals),
                artifacts=tuple(ArtifactView(subtask_id=node, **a.model_dump()) for node, a in artifacts),
                status_history=tuple(
                    change for event in history if (change := status_change(event)) is not None
                ),
                metrics=metrics(task, standings, attempts, self._clock.now()),
                notes=notes,
            )

        return await _aside(composed, plan)

    async def subtasks(self, task_id: str, *, after: int, limit: int) -> SubtaskPage:
        """A page of a plan of any size. Raises NotFoundError."""
        task = await self._tasks.get(task_id)
        page = await self._plans.page(task_id, task.revision, start=after, limit=limit + 1)
        rows = tuple(subtask_row(subtask, standing) for subtask, standing in page[:limit])
        return SubtaskPage(subtasks=rows, next=after + limit if len(page) > limit else None)

    async def _plan(self, task: Task) -> Plan | None:
        if task.revision == 0:
            return None
        stored = await self._plans.get(task.task_id, task.revision)
        return await asyncio.to_thread(stored.open) if len(stored.subtasks) >= LARGE else stored.open()


async def _aside(compose: Callable[[], View], plan: Plan | None) -> View:
    """What a large plan is shown as is put together by a thread: the loop has others to serve."""
    large = plan is not None and len(plan.subtasks) >= LARGE
    return await asyncio.to_thread(compose) if large else compose()
