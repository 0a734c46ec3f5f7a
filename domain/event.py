"""Events: facts, each appended in the transaction that made it true.

The event log is at once audit trail, outbox, stream and replay source. `domain/fold.py` shows that
every stored state follows from it.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from domain.agent import Health, RiskLevel
from domain.approval import Answer, Means
from domain.attempt import Artifact, AttemptState
from domain.base import Instant, Json, JsonObject, Value
from domain.drafting import Drafting
from domain.ids import AgentId, ApprovalCode, ApprovalId, Digest, SubtaskId, TaskId
from domain.plan import Planner
from domain.queue import QueueSettings
from domain.request import OnFailure, Priority
from domain.subtask import Failure, Question, SubtaskState
from domain.task import ExecutionMode, TaskStatus
from domain.verdict import RuleHit


class TaskSubmitted(Value):
    kind: Literal["task_submitted"] = "task_submitted"
    task_id: TaskId
    title: str
    priority: Priority
    requester: str | None
    submitter: str | None = None
    """The principal who sent it; null where nobody proved who they are."""
    request_digest: Digest
    execute: bool
    on_failure: OnFailure


class TaskPlanned(Value):
    """A revision of the plan was stored; `status` says whether it waits for people."""

    kind: Literal["task_planned"] = "task_planned"
    task_id: TaskId
    revision: int
    plan_hash: Digest
    planner: Planner
    degraded_reason: str | None
    drafting: Drafting | None = None
    level: RiskLevel
    status: TaskStatus
    subtasks: int


class PlanRevised(Value):
    """People had the plan changed: why, by whom, and how their words were understood. `TaskPlanned` follows."""

    kind: Literal["plan_revised"] = "plan_revised"
    task_id: TaskId
    revision: int
    was: int
    cause: Literal["changes", "edit"]
    by: str
    comment: str = ""
    target: SubtaskId | None = None
    understood: tuple[str, ...] = ()
    diff: str = ""
    """What became different, in one line."""


class SubtaskPlanned(Value):
    """`attempt`: how often it was tried under earlier revisions."""

    kind: Literal["subtask_planned"] = "subtask_planned"
    task_id: TaskId
    subtask_id: SubtaskId
    revision: int
    title: str
    agent: AgentId | None
    depends_on: tuple[SubtaskId, ...]
    state: SubtaskState
    attempt: int = 0
    question: Question | None = None


class TaskChanged(Value):
    """The task's status changed; `kind` tells to what. `task_flagged`: only people are called for;
    `task_unflagged`: they have said what was to be said.
    """

    kind: Literal[
        "task_approved",
        "task_rejected",
        "task_expired",
        "task_running",
        "task_pausing",
        "task_paused",
        "task_blocked",
        "task_cancelling",
        "task_cancelled",
        "task_completed",
        "task_failed",
        "task_flagged",
        "task_unflagged",
    ]
    task_id: TaskId
    status: TaskStatus
    needs_review: bool = False
    reason: str | None = None
    mode: ExecutionMode | None = None


class ApprovalRequired(Value):
    kind: Literal["approval_required"] = "approval_required"
    task_id: TaskId
    approval_id: ApprovalId
    code: ApprovalCode
    revision: int
    plan_hash: Digest
    level: RiskLevel
    roles: tuple[str, ...]
    required: int
    subtask_ids: tuple[SubtaskId, ...]
    hits: tuple[RuleHit, ...]
    expires_at: datetime


class ApprovalNudged(Value):
    """People were told again of what waits for them; `roles` are whom it concerns now. `digest`: with all the others."""

    kind: Literal["approval_reminded", "approval_escalated"]
    task_id: TaskId
    approval_id: ApprovalId
    roles: tuple[str, ...]
    digest: bool = False


class ApprovalVoted(Value):
    """One person's answer, whether or not it decided anything yet."""

    kind: Literal["approval_voted"] = "approval_voted"
    task_id: TaskId
    approval_id: ApprovalId
    approver: str
    role: str
    answer: Answer
    reason: str
    unauthenticated: bool
    hash_unseen: bool
    means: Means = "role"
    on_behalf_of: str | None = None
    warrant: UUID | None = None


class ApprovalEnded(Value):
    kind: Literal[
        "approval_approved",
        "approval_rejected",
        "approval_expired",
        "approval_cancelled",
        "approval_superseded",
    ]
    task_id: TaskId
    approval_id: ApprovalId
    plan_hash: Digest
    subtask_ids: tuple[SubtaskId, ...]
    reason: str | None = None


class GlassBroken(Value):
    """Somebody let a plan run past the gate, in an emergency: everybody should hear of it."""

    kind: Literal["glass_broken"] = "glass_broken"
    task_id: TaskId
    approval_id: ApprovalId
    plan_hash: Digest
    level: RiskLevel
    by: str
    reason: str


class DelegationGranted(Value):
    """Somebody lent roles of theirs to somebody else, for a time."""

    kind: Literal["delegation_granted"] = "delegation_granted"
    task_id: None = None
    delegation_id: UUID
    delegator: str
    delegate: str
    roles: tuple[str, ...]
    reason: str
    starts_at: datetime
    until: datetime


class PreapprovalGranted(Value):
    """Somebody said yes to every plan of one kind, for a time; `approval_id` is the one they looked at."""

    kind: Literal["preapproval_granted"] = "preapproval_granted"
    task_id: TaskId
    preapproval_id: UUID
    approval_id: ApprovalId
    plan_kind: Digest
    approver: str
    role: str
    level: RiskLevel
    reason: str
    until: datetime


class WarrantRevoked(Value):
    """A delegation or an earlier yes was taken back; it counts no more from here on."""

    kind: Literal["delegation_revoked", "preapproval_revoked"]
    task_id: None = None
    warrant_id: UUID
    by: str


class SubtaskReady(Value):
    """It could run but has to wait: for a slot, for a back-off to pass, or for its turn after an answer."""

    kind: Literal["subtask_ready"] = "subtask_ready"
    task_id: TaskId
    subtask_id: SubtaskId
    cause: Literal["slot", "answer", "assigned", "retry"]
    next_at: datetime | None = None


class SubtaskStarted(Value):
    kind: Literal["subtask_started"] = "subtask_started"
    task_id: TaskId
    subtask_id: SubtaskId
    attempt: int
    agent: AgentId
    epoch: int
    digest: Digest


class SubtaskCompleted(Value):
    """`attempt` is null where a person said that it was done."""

    kind: Literal["subtask_completed"] = "subtask_completed"
    task_id: TaskId
    subtask_id: SubtaskId
    attempt: int | None
    outputs_digest: Digest
    artifacts: tuple[Artifact, ...] = ()
    cost_usd: float = 0.0
    seconds: float | None = None


class SubtaskStopped(Value):
    """A subtask stopped short of success, or was taken out of rest. `state` is where it is now.

    With an attempt number, that attempt ended as `attempt_state`; without one, no attempt was running.
    """

    kind: Literal[
        "subtask_retrying", "subtask_failed", "subtask_blocked", "subtask_cancelled", "subtask_skipped"
    ]
    task_id: TaskId
    subtask_id: SubtaskId
    state: SubtaskState
    attempt: int | None = None
    attempt_state: AttemptState | None = None
    error: Failure | None = None
    reason: str | None = None
    next_at: datetime | None = None
    question: Question | None = None
    agent: AgentId | None = None
    """Whose work it was, where that is known."""


class SubtaskAssigned(Value):
    kind: Literal["subtask_assigned"] = "subtask_assigned"
    task_id: TaskId
    subtask_id: SubtaskId
    agent: AgentId
    revision: int
    plan_hash: Digest
    state: SubtaskState
    status: TaskStatus
    """The task's status from here on: a plan that was changed may need a new approval."""


class AgentUnavailable(Value):
    """The alert for manual routing: this subtask's agent cannot be reached or lacks a tool."""

    kind: Literal["agent_unavailable"] = "agent_unavailable"
    task_id: TaskId
    subtask_id: SubtaskId
    agent: AgentId | None
    reason: str


class AgentHealthChanged(Value):
    kind: Literal["agent_health_changed"] = "agent_health_changed"
    task_id: None = None
    agent: AgentId
    health: Health
    reason: str | None


class TaskPriorityChanged(Value):
    kind: Literal["task_priority_changed"] = "task_priority_changed"
    task_id: TaskId
    priority: Priority


class TaskPruned(Value):
    """An ended task was let go of, with its rows and so many events; their digests stay in the chain."""

    kind: Literal["task_pruned"] = "task_pruned"
    task_id: TaskId
    status: TaskStatus
    ended_at: Instant
    subtasks: int
    events: int


class QueueChanged(Value):
    """The queue's settings from here on."""

    kind: Literal["queue_changed"] = "queue_changed"
    task_id: None = None
    settings: QueueSettings
    reason: str | None = None


class NoticeResent(Value):
    """Somebody put a dead letter on its way again."""

    kind: Literal["notice_resent"] = "notice_resent"
    task_id: TaskId | None = None
    notice_id: UUID
    channel: str


class TaskHeartbeat(Value):
    """A running task is alive: who runs it, and how far it is."""

    kind: Literal["task_heartbeat"] = "task_heartbeat"
    task_id: TaskId
    worker: str
    running: int
    ended: int
    total: int


Fact = Annotated[
    TaskSubmitted
    | TaskPlanned
    | PlanRevised
    | SubtaskPlanned
    | TaskChanged
    | ApprovalRequired
    | ApprovalNudged
    | ApprovalVoted
    | ApprovalEnded
    | GlassBroken
    | DelegationGranted
    | PreapprovalGranted
    | WarrantRevoked
    | SubtaskReady
    | SubtaskStarted
    | SubtaskCompleted
    | SubtaskStopped
    | SubtaskAssigned
    | AgentUnavailable
    | AgentHealthChanged
    | TaskPriorityChanged
    | TaskPruned
    | QueueChanged
    | NoticeResent
    | TaskHeartbeat,
    Field(discriminator="kind"),
]

FACT: TypeAdapter[Fact] = TypeAdapter(Fact)
"""Reads a fact back from its parts; the discriminator is `kind`."""

ENVELOPE = frozenset({"kind", "task_id", "subtask_id"})
"""Fields of a fact that stand beside its data wherever it is stored or shown."""


class Event(Value):
    """A fact with its place in the log. `seq` orders all events of all tasks; it has gaps."""

    seq: int
    at: datetime
    actor: str
    fact: Fact


def shown(event: Event) -> JsonObject:
    """An event as the API and the log show it: envelope outside, the rest under `data`."""
    body: dict[str, Json] = event.fact.model_dump(mode="json", exclude=set(ENVELOPE))
    return {
        "seq": event.seq,
        "kind": event.fact.kind,
        "at": event.at.isoformat(),
        "actor": event.actor,
        "task_id": event.fact.task_id,
        "subtask_id": getattr(event.fact, "subtask_id", None),
        "data": body,
    }
