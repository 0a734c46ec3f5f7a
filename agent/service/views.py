"""What callers are shown: the shapes of the API's answers."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from domain.agent import AgentStatus, Health, Limits, RiskLevel, Skill, Sla
from domain.approval import ApprovalStatus, Vote
from domain.attempt import Artifact, AttemptState
from domain.base import JsonObject, Value
from domain.drafting import Drafting
from domain.ids import AgentId, ApprovalId, SubtaskId
from domain.plan import EdgeKind, Finding, Planner, Requirement
from domain.request import Priority
from domain.subtask import Failure, Question, SubtaskState
from domain.task import ExecutionMode, TaskStatus
from domain.verdict import GateScope, Verdict
from domain.warrant import Delegation, Preapproval
from planner.estimate import Estimate


class SubtaskView(Value):
    """A subtask: what it is, by the plan, and how it stands."""

    subtask_id: SubtaskId
    title: str
    objective: str
    agent: AgentId | None
    state: SubtaskState
    depends_on: tuple[SubtaskId, ...]
    wave: int
    covers: tuple[str, ...]
    acceptance: tuple[str, ...]
    implied: bool
    gated: bool
    risk: RiskLevel
    timeout_s: float | None = None
    attempt: int
    outputs: JsonObject
    error: Failure | None
    question: Question | None
    next_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


class AttemptView(Value):
    subtask_id: SubtaskId
    number: int
    agent: AgentId
    state: AttemptState
    started_at: datetime
    ended_at: datetime | None
    error: Failure | None
    cost_usd: float


class DependencyView(Value):
    """`subtask_id` waits for `depends_on`, and why."""

    subtask_id: SubtaskId
    depends_on: SubtaskId
    kind: EdgeKind
    reason: str


class PlanView(Value):
    revision: int
    plan_hash: str
    planner: Planner
    degraded_reason: str | None
    """Why no model's plan was taken, although one is configured."""
    drafting: Drafting | None = None
    """What a model had to do with it; null where none was asked."""
    level: RiskLevel
    requirements: tuple[Requirement, ...]
    constraints: tuple[str, ...]
    findings: tuple[Finding, ...]
    verdict: Verdict
    why: tuple[str, ...]
    """The verdict in sentences: which rules fired, on what, and what would lift them."""
    estimate: Estimate | None = None
    """When it would be done and what it would cost; null for a plan that is empty or very large."""
    coverage: dict[str, tuple[SubtaskId, ...]]
    """Which subtasks cover each requirement."""
    skipped: tuple[SubtaskId, ...] = ()
    """Subtasks that somebody left out: what they cover is not done."""


class RoutingPlanView(Value):
    """`status` is `approval_pending` while people are asked; `waves` may each run side by side."""

    status: TaskStatus
    approval_request_id: ApprovalId | None = None
    approval_code: str | None = None
    waves: tuple[tuple[SubtaskId, ...], ...] = ()


class SubmittedView(Value):
    """The answer to `POST /orchestrate`. `plan` is null while the task is still being planned."""

    task_id: str
    status: TaskStatus
    plan: PlanView | None
    subtasks: tuple[SubtaskView, ...]
    routing_plan: RoutingPlanView
    duplicate: bool
    request_changed: bool = False


class ApprovalView(Value):
    approval_id: ApprovalId
    code: str
    task_id: str
    title: str | None = None
    revision: int
    plan_hash: str
    level: RiskLevel
    status: ApprovalStatus
    roles: tuple[str, ...]
    required: int
    four_eyes: bool
    justification: bool
    scope: GateScope
    requester: str | None
    authors: tuple[str, ...] = ()
    subtask_ids: tuple[SubtaskId, ...]
    requested_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    votes: tuple[Vote, ...]


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


class SubtaskRow(Value):
    """A subtask in a list."""

    subtask_id: SubtaskId
    ordinal: int
    title: str
    agent: AgentId | None
    state: SubtaskState
    depends_on: tuple[SubtaskId, ...]
    risk: RiskLevel
    gated: bool
    attempt: int
    error: Failure | None
    question: Question | None
    next_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


class SubtaskPage(Value):
    """`next` is the cursor of the page after this one, null on the last."""

    subtasks: tuple[SubtaskRow, ...]
    next: int | None = None


class ApprovalPage(Value):
    approvals: tuple[ApprovalView, ...]
    next: str | None = None


class DeliveryView(Value):
    """A notice on its way; `recipient` without what may be a secret in it."""

    notice_id: UUID
    channel: str
    recipient: str
    task_id: str | None
    kind: str
    state: Literal["waiting", "sent", "dead"]
    attempts: int
    next_at: datetime
    give_up_at: datetime
    why: str | None
    receipt: str | None
    created_at: datetime
    settled_at: datetime | None


class DeliveryPage(Value):
    deliveries: tuple[DeliveryView, ...]
    next: str | None = None


class DelegationList(Value):
    delegations: tuple[Delegation, ...]


class PreapprovalList(Value):
    preapprovals: tuple[Preapproval, ...]


class AgentView(Value):
    id: AgentId
    name: str
    description: str
    version: str
    domain: str
    status: AgentStatus
    skills: tuple[Skill, ...]
    endpoint: str
    health: Health
    reason: str | None
    missing_tools: tuple[str, ...]
    load: int
    """Attempts running now, over all replicas."""
    limits: Limits
    sla: Sla


class AgentList(Value):
    agents: tuple[AgentView, ...]


class Accepted(Value):
    """Something was set going."""

    task_id: str
    status: TaskStatus


class Resumed(Value):
    task_id: str
    status: TaskStatus
    subtasks: tuple[SubtaskView, ...]


class Live(Value):
    status: Literal["healthy"] = "healthy"
    timestamp: datetime


class Readiness(Value):
    """`ready` needs the database only: what Redis holds may be forgotten, and servers may come and go."""

    status: Literal["ready", "not_ready"]
    timestamp: datetime
    database: str
    redis: str
    gateway: str
    servers: dict[str, str] = Field(default_factory=dict)


class ErrorField(Value):
    path: str
    issue: str


class ErrorBody(Value):
    code: str
    message: str
    fields: tuple[ErrorField, ...] | None = None


class ErrorView(Value):
    error: ErrorBody


Extra = dict[int | str, dict[str, Any]]
