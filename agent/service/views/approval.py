"""Approvals and warrants as callers see them."""

from datetime import datetime

from domain.agent import RiskLevel
from domain.approval import ApprovalStatus, Vote
from domain.base import Value
from domain.ids import ApprovalId, SubtaskId
from domain.verdict import GateScope
from domain.warrant import Delegation, Preapproval


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


class ApprovalPage(Value):
    approvals: tuple[ApprovalView, ...]
    next: str | None = None


class DelegationList(Value):
    delegations: tuple[Delegation, ...]


class PreapprovalList(Value):
    preapprovals: tuple[Preapproval, ...]
