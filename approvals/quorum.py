"""What one more voice does to an approval."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple, assert_never
from uuid import UUID

from approvals.authority import Authority, Known, authority, lapsed
from domain.approval import ANSWERED, Answer, Approval, Vote
from domain.errors import (
    AlreadyDecidedError,
    ApprovalExpiredError,
    FieldIssue,
    InvalidInputError,
    PlanChangedError,
)
from domain.facts.approval import ApprovalEnded, ApprovalVoted
from domain.principal import Principal
from domain.warrant import Delegation

VoteFact = ApprovalVoted | ApprovalEnded


class Ballot(NamedTuple):
    """What somebody says of the plan they saw, and when, by the database's clock."""

    by: Principal
    answer: Answer
    at: datetime
    reason: str = ""
    seen_hash: str | None = None


class Electorate(NamedTuple):
    """Who people are by now, and what was lent to them. `known` is null where nobody proves who they are."""

    known: Known | None = None
    lent: tuple[Delegation, ...] = ()
    revoked: Collection[UUID] = frozenset()


ANYBODY = Electorate()


def decide(
    approval: Approval, ballot: Ballot, people: Electorate = ANYBODY
) -> tuple[Approval, tuple[VoteFact, ...]]:
    """The approval after this ballot, decided or still pending for want of voices, and the facts of it.

    A no, or asking for changes, decides at once: the second supersedes the approval, for another plan is due.
    The same answer again to a decided approval returns it unchanged, with no fact. Raises
    AlreadyDecidedError where it was decided otherwise, ApprovalExpiredError past its expiry,
    PlanChangedError for a plan other than this one, ForbiddenError for a person who may not vote here,
    InvalidInputError without the person, the plan they saw, or a justification that is asked for.
    """
    refuse_late(approval, ballot.at)
    _refuse_unseen(approval, ballot)
    if approval.status == ANSWERED[ballot.answer] and _said_before(approval, ballot):
        return approval, ()
    refuse_decided(approval)
    by_what = _admitted(approval, ballot, people)
    return counted(approval, _vote(ballot, by_what), people)


def counted(
    approval: Approval, vote: Vote, people: Electorate = ANYBODY
) -> tuple[Approval, tuple[VoteFact, ...]]:
    """Count a vote of somebody who may. One no ends it; a yes does when voices enough still stand."""
    votes = (*(v for v in approval.votes if v.approver != vote.approver), vote)
    changed = approval.model_copy(update={"votes": votes})
    if _ends(changed, vote, people):
        changed = changed.model_copy(update={"status": ANSWERED[vote.answer], "decided_at": vote.at})
        return changed, (voted(approval, vote), ended(changed, vote.reason))
    return changed, (voted(approval, vote),)


def voted(approval: Approval, vote: Vote) -> ApprovalVoted:
    return ApprovalVoted(
        task_id=approval.task_id, approval_id=approval.approval_id, **vote.model_dump(exclude={"at"})
    )


def ended(approval: Approval, reason: str | None) -> ApprovalEnded:
    """The fact that an approval is no longer pending. Raises ValueError for one that is."""
    match approval.status:
        case "approved":
            kind = "approval_approved"
        case "rejected":
            kind = "approval_rejected"
        case "expired":
            kind = "approval_expired"
        case "cancelled":
            kind = "approval_cancelled"
        case "superseded":
            kind = "approval_superseded"
        case "pending":
            raise ValueError(f"approval {approval.code} is still pending")
    return ApprovalEnded(
        kind=kind,
        task_id=approval.task_id,
        approval_id=approval.approval_id,
        plan_hash=approval.plan_hash,
        subtask_ids=approval.subtask_ids,
        reason=reason or None,
    )


def refuse_late(approval: Approval, now: datetime) -> None:
    if approval.status == "expired" or (approval.status == "pending" and now >= approval.expires_at):
        raise ApprovalExpiredError(
            f"approval {approval.code} of task {approval.task_id} expired at "
            f"{approval.expires_at.isoformat(timespec='seconds')}; submit the request again"
        )


def refuse_decided(approval: Approval) -> None:
    if approval.status != "pending":
        raise AlreadyDecidedError(
            f"approval {approval.code} of task {approval.task_id} is already {approval.status}"
        )


def refuse_other_plan(approval: Approval, seen_hash: str) -> None:
    if seen_hash != approval.plan_hash:
        raise PlanChangedError(
            f"approval {approval.code} is for plan {approval.plan_hash}, not for {seen_hash}; look at it again"
        )


def _refuse_unseen(approval: Approval, ballot: Ballot) -> None:
    if ballot.seen_hash is not None:
        refuse_other_plan(approval, ballot.seen_hash)
    elif ballot.by.authenticated:
        raise InvalidInputError(
            f"say which plan you decide: send the plan_hash that you saw; GET /approvals/{approval.code} shows it",
            fields=[FieldIssue("plan_hash", "missing")],
        )


def _said_before(approval: Approval, ballot: Ballot) -> bool:
    """Asking for changes twice is saying it once only where the same person says the same."""
    return ballot.answer != "changes" or any(
        (cast.approver, cast.answer, cast.reason) == (ballot.by.id, ballot.answer, ballot.reason)
        for cast in approval.votes
    )


def _admitted(approval: Approval, ballot: Ballot, people: Electorate) -> Authority:
    if not ballot.by.id:
        raise InvalidInputError("an approval needs a person; send approver_id")
    found = authority(approval, ballot.by, people.lent, people.known or _nobody, ballot.at)
    if ballot.answer == "changes" and not ballot.reason.strip():
        raise InvalidInputError("say what should be different; send a comment")
    if approval.demand.justification and not ballot.reason.strip():
        raise InvalidInputError(
            f"a {approval.level}-risk plan is decided with a reason; send a justification"
        )
    return found


def _nobody(_name: str) -> None:
    return None


def _vote(ballot: Ballot, by_what: Authority) -> Vote:
    return Vote(
        approver=ballot.by.id,
        role=by_what.role,
        answer=ballot.answer,
        reason=ballot.reason,
        at=ballot.at,
        unauthenticated=not ballot.by.authenticated,
        hash_unseen=ballot.seen_hash is None,
        means=by_what.means,
        on_behalf_of=by_what.on_behalf_of,
        warrant=by_what.warrant,
    )


def _ends(approval: Approval, last: Vote, people: Electorate) -> bool:
    match last.answer:
        case "reject" | "changes":
            return True
        case "approve":
            return len(_voices(approval, people)) >= approval.demand.required
        case other:
            assert_never(other)


def _voices(approval: Approval, people: Electorate) -> set[str]:
    gone = lapsed(approval.votes, people.known, people.revoked) if people.known is not None else frozenset()
    return {v.voice for v in approval.votes if v.answer == "approve" and v.approver not in gone}
