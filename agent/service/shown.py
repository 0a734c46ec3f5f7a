"""Values as callers see them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from agent.service.views.approval import ApprovalView
from agent.service.views.plan import PlanView, RoutingPlanView
from agent.service.views.subtask import AttemptView, DependencyView, SubtaskRow, SubtaskView
from agent.service.views.task import StatusChange, TaskMetrics, TaskRow
from approvals.explain import explain
from domain.approval import Approval
from domain.attempt import Attempt
from domain.event import Event
from domain.facts.subtask import SubtaskAssigned
from domain.facts.task import TaskChanged, TaskPlanned, TaskSubmitted
from domain.graph import waves
from domain.ids import RequirementId, SubtaskId
from domain.plan import Plan, Subtask
from domain.subtask import Progress
from domain.task import Task, TaskStatus
from planner.estimate import Estimate


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
                environment=subtask.environment,
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


UNTOLD: Final = Progress(subtask_id=SubtaskId(""), state="pending")


def subtask_row(subtask: Subtask, standing: Progress) -> SubtaskRow:
    return SubtaskRow(
        subtask_id=subtask.subtask_id,
        ordinal=subtask.ordinal,
        title=subtask.title,
        agent=standing.agent or subtask.agent,
        state=standing.state,
        depends_on=tuple(edge.on for edge in subtask.depends_on),
        risk=subtask.risk,
        environment=subtask.environment,
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


AT_REST: Final[frozenset[TaskStatus]] = frozenset({"rejected", "expired"})
"""Over until somebody changes the plan: nothing waits for anything, and no time runs."""


def metrics(
    task: Task,
    standings: Sequence[Progress],
    attempts: Sequence[Attempt],
    history: Sequence[StatusChange],
    now: datetime,
) -> TaskMetrics:
    """`on_time` speaks of the due date: met, or not passed yet; without one a task is on time."""
    rested = history[-1].at if history and task.status in AT_REST else None
    until = task.ended_at or rested or now
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
