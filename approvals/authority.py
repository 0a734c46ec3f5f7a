"""By what authority somebody speaks on an approval: a role of their own, or one that was lent to them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.approval import Approval, Means, Vote
from domain.errors import ForbiddenError
from domain.principal import Principal
from domain.verdict import Demand
from domain.warrant import Delegation

Known = Callable[[str], Principal | None]
"""The principal of this id as they are configured now, or None."""


class Authority(NamedTuple):
    role: str
    means: Means = "role"
    on_behalf_of: str | None = None
    warrant: UUID | None = None


def authority(
    approval: Approval, by: Principal, lent: Sequence[Delegation], known: Known, now: datetime
) -> Authority:
    """The best that this person has for this approval: a role of their own before one that was lent.

    Raises ForbiddenError with the reason where there is none.
    """
    asked = by_rank(approval.demand)
    own = next((role for role in asked if role in by.roles), None)
    if own is not None and not (approval.demand.four_eyes and is_author(approval, by)):
        return Authority(own)
    for found in _lent(approval, by, lent, known, now):
        return found
    if own is not None:
        raise ForbiddenError(
            f"{by.id} asked for task {approval.task_id} or changed its plan and so may not decide it; "
            "ask somebody else"
        )
    raise ForbiddenError(_lacks(approval, by))


def by_rank(demand: Demand) -> tuple[str, ...]:
    """The roles that may decide: those that are asked, then those above them."""
    return (*demand.roles, *demand.escalate_to)


def is_author(approval: Approval, person: Principal) -> bool:
    """Whether they asked for this plan, or had a hand in it."""
    return any(person.is_called(name) for name in (approval.requester, *approval.authors) if name)


def lapsed(votes: Iterable[Vote], known: Known, revoked: Collection[UUID]) -> frozenset[str]:
    """Those whose earlier voice counts no more: their role was taken from them, or their warrant taken back."""
    return frozenset(vote.approver for vote in votes if not _stands(vote, known, revoked))


def _stands(vote: Vote, known: Known, revoked: Collection[UUID]) -> bool:
    if vote.unauthenticated or vote.warrant in revoked or known(vote.approver) is None:
        return False
    holder = known(vote.voice)
    if holder is None:
        return False
    return "break-glass" in holder.rights if vote.means == "break_glass" else vote.role in holder.roles


def _lent(
    approval: Approval, by: Principal, lent: Sequence[Delegation], known: Known, now: datetime
) -> Iterator[Authority]:
    """A role is worth what its owner could do with it here and now; nobody lends it to whoever asked."""
    if is_author(approval, by):
        return
    for role in by_rank(approval.demand):
        for delegation in lent:
            owner = known(delegation.delegator)
            if (
                owner is not None
                and delegation.delegate == by.id
                and delegation.holds(now)
                and role in delegation.roles
                and role in owner.roles
                and not is_author(approval, owner)
            ):
                yield Authority(role, "delegation", owner.id, delegation.delegation_id)


def _lacks(approval: Approval, by: Principal) -> str:
    has = f"role {' and '.join(map(repr, by.roles))}" if by.roles else "nobody's role"
    return (
        f"{by.id} has {has}, and a {approval.level}-risk plan is decided by "
        f"{' or '.join(approval.demand.roles)}; ask one of those, or have the role lent to you"
    )
