"""Takes back what somebody let others, or themselves, off: a delegation, or an earlier yes."""

from typing import assert_never

from agent.store.changes import Revoked
from agent.store.database import Database
from approvals.warrants import may_revoke
from domain.errors import LostRaceError, WrongStateError
from domain.facts.warrant import WarrantRevoked
from domain.principal import Principal
from domain.warrant import Delegation, Preapproval


async def revoke(database: Database, warrant: Delegation | Preapproval, by: Principal) -> None:
    """From here on it counts for nothing, and neither do votes on approvals that still wait.

    Raises ForbiddenError, WrongStateError where somebody has done so before.
    """
    may_revoke(warrant, by)
    called, fact = _named(warrant, by)
    try:
        async with database.transaction(by.id) as tx:
            await tx.record(Revoked(warrant, by.id), fact)
    except LostRaceError:
        raise WrongStateError(f"{called} was taken back before") from None


def _named(warrant: Delegation | Preapproval, by: Principal) -> tuple[str, WarrantRevoked]:
    match warrant:
        case Delegation(delegation_id=known):
            fact = WarrantRevoked(kind="delegation_revoked", warrant_id=known, by=by.id)
            return f"delegation {known}", fact
        case Preapproval(preapproval_id=known):
            fact = WarrantRevoked(kind="preapproval_revoked", warrant_id=known, by=by.id)
            return f"pre-approval {known}", fact
        case other:
            assert_never(other)
