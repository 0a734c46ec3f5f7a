"""An approval: a demand that people of given roles say yes to *this* plan before its expiry."""

from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from domain.agent import RiskLevel
from domain.base import Value
from domain.ids import ApprovalCode, ApprovalId, Digest, SubtaskId, TaskId
from domain.verdict import Demand

ApprovalStatus = Literal["pending", "approved", "rejected", "expired", "cancelled", "superseded"]
APPROVAL_STATUSES: tuple[ApprovalStatus, ...] = get_args(ApprovalStatus)
APPROVAL_ARROWS: dict[ApprovalStatus, frozenset[ApprovalStatus]] = {
    "pending": frozenset({"approved", "rejected", "expired", "cancelled", "superseded"}),
    "approved": frozenset(),
    "rejected": frozenset(),
    "expired": frozenset(),
    "cancelled": frozenset(),
    "superseded": frozenset(),
}

Answer = Literal["approve", "reject", "changes"]
"""`changes`: not like this; the reason says what should be different, and another plan is made."""

ANSWERED: dict[Answer, ApprovalStatus] = {
    "approve": "approved",
    "reject": "rejected",
    "changes": "superseded",
}

MOST_ROUNDS = 5
"""So often a plan is made anew from what people say about it; then a person plans."""


Means = Literal["role", "delegation", "preapproval", "break_glass"]
"""By what somebody decides: a role of their own, one lent to them, a yes given before, or the broken glass."""


class Vote(Value):
    """One person's answer. `unauthenticated`: who they are was claimed, not proven. `hash_unseen`: they
    did not say which plan they saw, so the stored one was taken. `warrant` is the delegation or the earlier
    yes it rests on; `on_behalf_of` whose role was lent.
    """

    approver: str
    role: str
    answer: Answer
    reason: str = ""
    at: datetime
    unauthenticated: bool = True
    hash_unseen: bool = True
    means: Means = "role"
    on_behalf_of: str | None = None
    warrant: UUID | None = None

    @property
    def voice(self) -> str:
        """Whose authority speaks: a role that was lent is still one voice, whoever holds it."""
        return self.on_behalf_of or self.approver


class Approval(Value):
    """A demand as stored, with the votes cast on it."""

    approval_id: ApprovalId
    code: ApprovalCode
    task_id: TaskId
    revision: int
    plan_hash: Digest
    level: RiskLevel
    demand: Demand
    requester: str | None
    authors: tuple[str, ...] = ()
    """Principals who submitted or changed the plan: known, where the requester is only named."""
    subtask_ids: tuple[SubtaskId, ...]
    status: ApprovalStatus = "pending"
    requested_at: datetime
    expires_at: datetime
    decided_at: datetime | None = None
    votes: tuple[Vote, ...] = ()
