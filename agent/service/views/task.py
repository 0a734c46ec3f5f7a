"""Tasks as callers see them."""

from datetime import datetime

from agent.service.views.approval import ApprovalView
from agent.service.views.plan import PlanView, RoutingPlanView
from agent.service.views.subtask import AttemptView, DependencyView, SubtaskView
from domain.attempt import Artifact
from domain.base import Value
from domain.ids import SubtaskId
from domain.request import Priority
from domain.subtask import SubtaskState
from domain.task import ExecutionMode, TaskStatus


class SubmittedView(Value):
    """The answer to `POST /orchestrate`. `plan` is null while the task is still being planned."""

    task_id: str
    status: TaskStatus
    plan: PlanView | None
    subtasks: tuple[SubtaskView, ...]
    routing_plan: RoutingPlanView
    duplicate: bool
    request_changed: bool = False


class StatusChange(Value):
    status: TaskStatus
    at: datetime
    actor: str
    reason: str | None = None


class ArtifactView(Artifact):
    subtask_id: SubtaskId


class TaskMetrics(Value):
    elapsed_seconds: float
    on_time: bool
    progress_percent: float
    subtasks: dict[SubtaskState, int]
    attempts: int
    retries: int
    cost_usd: float


class TaskView(Value):
    """Everything that is known of a task."""

    task_id: str
    title: str
    status: TaskStatus
    needs_review: bool
    reason: str | None
    priority: Priority
    requester: str | None
    mode: ExecutionMode
    due_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    plan: PlanView | None
    routing_plan: RoutingPlanView
    subtasks: tuple[SubtaskView, ...]
    dependencies: tuple[DependencyView, ...]
    attempts: tuple[AttemptView, ...]
    approvals: tuple[ApprovalView, ...]
    artifacts: tuple[ArtifactView, ...]
    status_history: tuple[StatusChange, ...]
    metrics: TaskMetrics
    notes: tuple[str, ...] = ()
    """What was jotted down on the way; may be forgotten at any moment."""


class TaskRow(Value):
    """A task in a list."""

    task_id: str
    title: str
    status: TaskStatus
    needs_review: bool
    priority: Priority
    requester: str | None
    revision: int
    due_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class TaskPage(Value):
    """`next` is the cursor of the page after this one, null on the last."""

    tasks: tuple[TaskRow, ...]
    next: str | None = None


class Accepted(Value):
    """Something was set going."""

    task_id: str
    status: TaskStatus


class Resumed(Value):
    task_id: str
    status: TaskStatus
    subtasks: tuple[SubtaskView, ...]
