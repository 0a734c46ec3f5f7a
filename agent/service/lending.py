"""Lends roles for a time, and takes them back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agent.service.revoking import revoke
from agent.store.changes import Granted
from agent.store.database import Database
from agent.store.warrants import Warrants
from approvals.authority import Known
from approvals.warrants import lend, refuse_claimed
from domain.errors import NotFoundError
from domain.facts.warrant import DelegationGranted
from domain.principal import Principal
from domain.warrant import Delegation


@dataclass(frozen=True)
class Loan:
    """What is to be lent; no `roles` are all that the lender has."""

    to: str
    until: datetime
    reason: str
    roles: Sequence[str] = ()
    starts_at: datetime | None = None


class Lending:
    def __init__(self, database: Database, known: Known | None, new_id: Callable[[], UUID]) -> None:
        self._database = database
        self._known = known
        self._new_id = new_id

    async def lend(self, by: Principal, loan: Loan) -> Delegation:
        """Raises NotFoundError for a person nobody knows, and what `approvals.warrants.lend` raises."""
        refuse_claimed(by)
        to = self._known(loan.to) if self._known is not None else None
        if to is None:
            raise NotFoundError(f"nobody is called {loan.to!r} in the file of principals")
        async with self._database.transaction(by.id) as tx:
            lent = lend(
                by,
                to,
                loan.roles,
                reason=loan.reason,
                starts_at=loan.starts_at,
                until=loan.until,
                now=await tx.connection.fetchval("SELECT db_now()"),
                delegation_id=self._new_id(),
            )
            await tx.record(Granted(lent), _granted(lent))
        return lent

    async def take_back(self, by: Principal, delegation_id: UUID) -> Delegation:
        """Raises NotFoundError, and what `revoke` raises."""
        warrants = Warrants(self._database.pool)
        await revoke(self._database, await warrants.delegation(delegation_id), by)
        return await warrants.delegation(delegation_id)


def _granted(lent: Delegation) -> DelegationGranted:
    return DelegationGranted(
        **lent.model_dump(exclude={"created_at", "revoked_at", "revoked_by"}),
    )
