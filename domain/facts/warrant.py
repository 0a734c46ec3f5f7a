"""Facts of what people let others or themselves off: delegations and earlier yeses."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.agent import RiskLevel
from domain.base import Value
from domain.ids import ApprovalId, Digest, TaskId


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
