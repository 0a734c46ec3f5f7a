"""Warrants: what lets somebody speak besides a role of their own, for a time and until it is taken back."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from domain.agent import RiskLevel
from domain.approval import Vote
from domain.base import Value
from domain.ids import Digest

LONGEST_DELEGATION: Final = timedelta(days=30)
LONGEST_PREAPPROVAL: Final = timedelta(hours=8)


class Delegation(Value):
    """Roles of the delegator, lent to the delegate. What was lent cannot be lent on."""

    delegation_id: UUID
    delegator: str
    delegate: str
    roles: tuple[str, ...]
    reason: str
    starts_at: datetime
    until: datetime
    created_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def holds(self, now: datetime) -> bool:
        return self.revoked_at is None and self.starts_at <= now < self.until


class Preapproval(Value):
    """A yes given before: to every plan of the same `kind` as the one that was looked at."""

    preapproval_id: UUID
    kind: Digest
    like: UUID
    """The approval whose plan was looked at."""
    level: RiskLevel
    vote: Vote
    """What was said of that plan, to be said again."""
    created_at: datetime
    until: datetime
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def holds(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.until
