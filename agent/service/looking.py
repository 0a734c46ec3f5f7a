"""Puts together what a caller sees of a task."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar

from agent.service.estimating import Estimating
from agent.service.submit import Receipt
from agent.service.views import (
    ApprovalView,
    ArtifactView,
    AttemptView,
    DependencyView,
    PlanView,
    Resumed,
    RoutingPlanView,
    StatusChange,
    SubmittedView,
    SubtaskPage,
    SubtaskRow,
    SubtaskView,
    TaskMetrics,
    TaskRow,
    TaskView,
)
from agent.store.approvals import Approvals
from agent.store.database import Database
from agent.store.events import Events
from agent.store.plans import Plans
from agent.store.progress import Standings
from agent.store.runs import LARGE
from agent.store.tasks import Tasks
from approvals.explain import explain
from domain.approval import Approval
from domain.attempt import Attempt
from domain.clock import Clock
from domain.event import Event
from domain.facts.subtask import SubtaskAssigned
from domain.facts.task import TaskChanged, TaskPlanned, TaskSubmitted
from domain.graph import waves
from domain.ids import RequirementId, SubtaskId
from domain.plan import Plan, Subtask
from domain.subtask import Progress
from domain.task import Task, TaskStatus
from planner.estimate import Estimate

View = TypeVar("View")

UNTOLD: Final = Progress(subtask_id=SubtaskId(""), state="pending")


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


def task_row(task: Task) -> TaskRow:
    return TaskRow(
        task_id=task.task_id,
        title=task.title,
        status=task.status,
        needs_review=task.needs_review,
        priority=task.priority,
        requester=task.requester,
        revision=task.revision,
        due_at=task.due_at,
        created_at=task.created_at,
        started_at=task.started_at,
        ended_at=task.ended_at,
    )


def plan_view(
    plan: Plan, task: Task, standings: Sequence[Progress] = (), expected: Estimate | None = None
) -> PlanView:
    return PlanView(
        revision=plan.revision,
        plan_hash=task.plan_hash or "",
        planner=plan.planner,
        degraded_reason=plan.degraded_reason,
        drafting=plan.drafting,
        level=plan.verdict.level,
        requirements=plan.requirements,
        constraints=plan.constraints,
        findings=plan.findings,
        verdict=plan.verdict,
        why=tuple(explain(plan.verdict)),
        estimate=expected,
        coverage=coverage_view(plan),
        skipped=tuple(standing.subtask_id for standing in standings if standing.state == "skipped"),
    )


def coverage_view(plan: Plan) -> dict[RequirementId, tuple[SubtaskId, ...]]:
    """Which subtasks cover each requirement. One pass: a large plan has as many requirements as subtasks."""
    held: dict[RequirementId, list[SubtaskId]] = {requirement.id: [] for requirement in plan.requirements}
    for subtask in plan.subtasks:
        for requirement in dict.fromkeys(subtask.covers):
            if requirement in held:
                held[requirement].append(subtask.subtask_id)
    return {requirement: tuple(subtasks) for requirement, subtasks in held.items()}


def subtask_views(plan: Plan, standings: Sequence[Progress]) -> tuple[SubtaskView, ...]:
    known = {standing.subtask_id: standing for standing in standings}
    depth = {node: wave for wave, level in enumerate(waves(plan.edges)) for node in level}
    views = []
    for subtask in plan.subtasks:
        standing = known.get(subtask.subtask_id, UNTOLD)
        views.append(
            SubtaskView(
                subtask_id=subtask.subtask_id,
                title=subtask.title,
                objective=subtask.objective,
                agent=standing.agent or subtask.agent,
                state=standing.state,
                depends_on=tuple(edge.on for edge in subtask.depends_on),
                wave=depth[subtask.subtask_id],
                covers=subtask.covers,
                acceptance=subtask.acceptance,
                implied=subtask.implied,
                gated=subtask.gated,
                risk=subtask.risk,
                timeout_s=subtask.sla.timeout_s,
                attempt=standing.attempt,
                outputs=standing.outputs,
                error=standing.error,
                question=standing.question,
                next_at=standing.next_at,
                started_at=standing.started_at,
                ended_at=standing.ended_at,
            )
        )
    return tuple(views)


def subtask_row(subtask: Subtask, standing: Progress) -> SubtaskRow:
    return SubtaskRow(
        subtask_id=subtask.subtask_id,
        ordinal=subtask.ordinal,
        title=subtask.title,
        agent=standing.agent or subtask.agent,
        state=standing.state,
        depends_on=tuple(edge.on for edge in subtask.depends_on),
        risk=subtask.risk,
        gated=subtask.gated,
        attempt=standing.attempt,
        error=standing.error,
        question=standing.question,
        next_at=standing.next_at,
        started_at=standing.started_at,
        ended_at=standing.ended_at,
    )


def dependency_views(plan: Plan) -> tuple[DependencyView, ...]:
    return tuple(
        DependencyView(subtask_id=subtask.subtask_id, depends_on=edge.on, kind=edge.kind, reason=edge.reason)
        for subtask in plan.subtasks
        for edge in subtask.depends_on
    )


def routing_view(task: Task, plan: Plan | None, approvals: Sequence[Approval]) -> RoutingPlanView:
    current = next((a for a in reversed(approvals) if a.plan_hash == task.plan_hash), None)
    return RoutingPlanView(
        status=task.status,
        approval_request_id=current.approval_id if current else None,
        approval_code=current.code if current else None,
        waves=tuple(tuple(level) for level in waves(plan.edges)) if plan else (),
    )


def attempt_view(attempt: Attempt) -> AttemptView:
    return AttemptView(
        subtask_id=attempt.subtask_id,
        number=attempt.number,
        agent=attempt.agent,
        state=attempt.state,
        started_at=attempt.started_at,
        ended_at=attempt.ended_at,
        error=attempt.error,
        cost_usd=attempt.cost_usd,
    )


def approval_view(approval: Approval, title: str | None = None) -> ApprovalView:
    demand = approval.demand
    return ApprovalView(
        approval_id=approval.approval_id,
        code=approval.code,
        task_id=approval.task_id,
        title=title,
        revision=approval.revision,
        plan_hash=approval.plan_hash,
        level=approval.level,
        status=approval.status,
        roles=demand.roles,
        required=demand.required,
        four_eyes=demand.four_eyes,
        justification=demand.justification,
        scope=demand.scope,
        requester=approval.requester,
        authors=approval.authors,
        subtask_ids=approval.subtask_ids,
        requested_at=approval.requested_at,
        expires_at=approval.expires_at,
        decided_at=approval.decided_at,
        votes=approval.votes,
    )


def status_change(event: Event) -> StatusChange | None:
    """What an event says about the task's status, if it says anything."""
    status: TaskStatus
    match event.fact:
        case TaskSubmitted():
            status, reason = "planning", None
        case TaskPlanned(status=status):
            reason = f"revision {event.fact.revision}"
        case TaskChanged(status=status, reason=reason):
            pass
        case SubtaskAssigned(status=status, revision=revision):
            reason = f"revision {revision}"
        case _:
            return None
    return StatusChange(status=status, at=event.at, actor=event.actor, reason=reason)


def metrics(
    task: Task, standings: Sequence[Progress], attempts: Sequence[Attempt], now: datetime
) -> TaskMetrics:
    """`on_time` speaks of the due date: met, or not passed yet; without one a task is on time."""
    until = task.ended_at or now
    counts = Counter(standing.state for standing in standings)
    ended = counts["completed"] + counts["skipped"] + counts["cancelled"]
    return TaskMetrics(
        elapsed_seconds=round((until - (task.started_at or task.created_at)).total_seconds(), 3),
        on_time=task.due_at is None or until <= task.due_at,
        progress_percent=round(100 * ended / len(standings), 1) if standings else 0.0,
        subtasks=dict(counts),
        attempts=len(attempts),
        retries=sum(1 for attempt in attempts if attempt.number > 1),
        cost_usd=round(sum(attempt.cost_usd for attempt in attempts), 6),
    )
