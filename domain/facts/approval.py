"""Facts of an approval: asked for, told again, voted on, ended, gone past."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.agent import RiskLevel
from domain.approval import Answer, Means
from domain.base import Value
from domain.ids import ApprovalCode, ApprovalId, Digest, SubtaskId, TaskId
from domain.verdict import RuleHit


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
