"""What may be lent and what may be said in advance, and what either is worth when it is used."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from approvals.authority import Known, authority, is_author
from approvals.quorum import (
    ANYBODY,
    Ballot,
    Electorate,
    VoteFact,
    counted,
    refuse_decided,
    refuse_late,
    refuse_other_plan,
)
from domain.approval import Approval, Vote
from domain.errors import FieldIssue, ForbiddenError, InvalidInputError
from domain.facts.approval import GlassBroken
from domain.ids import ApprovalId, Digest
from domain.principal import Principal
from domain.warrant import LONGEST_DELEGATION, LONGEST_PREAPPROVAL, Delegation, Preapproval

GLASS = "break-glass"
"""The role in which the glass is broken; no policy asks for it."""


def lend(
    by: Principal,
    to: Principal,
    roles: Sequence[str],
    *,
    reason: str,
    starts_at: datetime | None,
    until: datetime,
    now: datetime,
    delegation_id: UUID,
) -> Delegation:
    """Roles of one's own, for a time; without `roles` all of them.

    Raises ForbiddenError for a role that is not one's own, InvalidInputError for a time that is none.
    """
    refuse_claimed(by)
    wanted = tuple(dict.fromkeys(roles)) or by.roles
    if not wanted:
        raise ForbiddenError(f"{by.id} has no role, and so none to lend")
    if lacking := [role for role in wanted if role not in by.roles]:
        raise ForbiddenError(
            f"{by.id} does not have {' or '.join(map(repr, lacking))}; lend what is yours: {', '.join(by.roles)}"
        )
    if by.id == to.id:
        raise InvalidInputError(f"{by.id} has these roles already; lend them to somebody else")
    begins = now if starts_at is None else max(starts_at, now)
    _refuse_time(begins, until, now, LONGEST_DELEGATION)
    return Delegation(
        delegation_id=delegation_id,
        delegator=by.id,
        delegate=to.id,
        roles=wanted,
        reason=_reason(reason),
        starts_at=begins,
        until=until,
        created_at=now,
    )


def preapprove(
    approval: Approval,
    ballot: Ballot,
    kind: Digest,
    *,
    until: datetime,
    known: Known,
    preapproval_id: UUID,
) -> Preapproval:
    """A yes to plans like this one. It takes a role of one's own that could say yes to this very plan.

    Raises ForbiddenError without such a role, and for critical plans: each of those is looked at by itself.
    """
    refuse_claimed(ballot.by)
    if ballot.seen_hash is None:
        raise InvalidInputError(
            "say which plan you looked at: send its plan_hash", fields=[FieldIssue("plan_hash", "missing")]
        )
    refuse_other_plan(approval, ballot.seen_hash)
    if approval.level == "critical":
        raise ForbiddenError("a critical plan is looked at each time; nobody says yes to those in advance")
    _refuse_time(ballot.at, until, ballot.at, LONGEST_PREAPPROVAL)
    found = authority(approval, ballot.by, (), known, ballot.at)
    vote = Vote(
        approver=ballot.by.id,
        role=found.role,
        answer="approve",
        reason=_reason(ballot.reason),
        at=ballot.at,
        unauthenticated=False,
        hash_unseen=False,
        means="preapproval",
        warrant=preapproval_id,
    )
    return Preapproval(
        preapproval_id=preapproval_id,
        kind=kind,
        like=approval.approval_id,
        level=approval.level,
        vote=vote,
        created_at=ballot.at,
        until=until,
    )


def said_before(
    approval: Approval, said: Preapproval, people: Electorate, now: datetime
) -> tuple[Approval, tuple[VoteFact, ...]]:
    """The approval once an earlier yes to its kind is counted; unchanged where that yes is worth nothing here.

    `hash_unseen`: nobody has seen this very plan.
    """
    owner = people.known(said.vote.approver) if people.known is not None else None
    if (
        approval.status != "pending"
        or not said.holds(now)
        or now >= approval.expires_at
        or owner is None
        or said.vote.role not in owner.roles
        or is_author(approval, owner)
        or any(vote.approver == owner.id for vote in approval.votes)
    ):
        return approval, ()
    return counted(approval, said.vote.model_copy(update={"at": now, "hash_unseen": True}), people)


def break_glass(approval: Approval, ballot: Ballot) -> tuple[Approval, tuple[VoteFact | GlassBroken, ...]]:
    """Let this plan run though nobody else was asked: by those who were named for it, for a reason, out loud."""
    refuse_claimed(ballot.by)
    if not ballot.by.may("break-glass"):
        raise ForbiddenError(f"{ballot.by.id} was not named to break the glass; ask for the usual approval")
    if ballot.seen_hash is None:
        raise InvalidInputError(
            "say which plan shall run: send its plan_hash", fields=[FieldIssue("plan_hash", "missing")]
        )
    refuse_late(approval, ballot.at)
    refuse_other_plan(approval, ballot.seen_hash)
    refuse_decided(approval)
    vote = Vote(
        approver=ballot.by.id,
        role=GLASS,
        answer="approve",
        reason=_reason(ballot.reason),
        at=ballot.at,
        unauthenticated=False,
        hash_unseen=False,
        means="break_glass",
    )
    alone = approval.model_copy(update={"demand": approval.demand.model_copy(update={"required": 1})})
    let, facts = counted(alone, vote, ANYBODY)
    return let.model_copy(update={"demand": approval.demand}), (_broken(approval, vote), *facts)


def may_revoke(warrant: Delegation | Preapproval, by: Principal) -> None:
    """Whoever gave it takes it back, and so does an administrator. Raises ForbiddenError."""
    owner = warrant.delegator if isinstance(warrant, Delegation) else warrant.vote.approver
    if by.id != owner and not by.may("admin"):
        raise ForbiddenError(f"{owner} gave it; only they or an administrator take it back")


def refuse_claimed(by: Principal) -> None:
    if not by.authenticated:
        raise ForbiddenError(
            "nobody proves who they are here, so nothing can be lent, said in advance, or broken; "
            "set AUTH_MODE=keys"
        )


def _broken(approval: Approval, vote: Vote) -> GlassBroken:
    return GlassBroken(
        task_id=approval.task_id,
        approval_id=ApprovalId(approval.approval_id),
        plan_hash=approval.plan_hash,
        level=approval.level,
        by=vote.approver,
        reason=vote.reason,
    )


def _reason(reason: str) -> str:
    if not reason.strip():
        raise InvalidInputError("say why; it is recorded", fields=[FieldIssue("reason", "missing")])
    return reason.strip()


def _refuse_time(begins: datetime, until: datetime, now: datetime, longest: timedelta) -> None:
    if not begins < until <= now + longest:
        raise InvalidInputError(
            f"it must end after it begins and within {_span(longest)} from now",
            fields=[FieldIssue("until", f"{until.isoformat()} is not")],
        )


def _span(longest: timedelta) -> str:
    return f"{longest.days} days" if longest.days else f"{longest.seconds // 3600} hours"
