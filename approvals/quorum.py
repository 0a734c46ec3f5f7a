"""What one more voice does to an approval."""

from domain.approval import ANSWERED, Approval, Vote
from domain.errors import (
    AlreadyDecidedError,
    ApprovalExpiredError,
    ForbiddenError,
    InvalidInputError,
    PlanChangedError,
)
from domain.event import ApprovalEnded, ApprovalVoted

VoteFact = ApprovalVoted | ApprovalEnded


def decide(approval: Approval, vote: Vote, *, seen_hash: str | None) -> tuple[Approval, tuple[VoteFact, ...]]:
    """The approval after this vote, decided or still pending for want of voices, and the facts of it.

    The same answer again to a decided approval returns it unchanged, with no fact. Raises
    AlreadyDecidedError where it was decided otherwise, ApprovalExpiredError past its expiry,
    PlanChangedError for a plan other than this one, ForbiddenError for a person who may not vote here,
    InvalidInputError without the person, or without a justification that is asked for.
    """
    _refuse_expired(approval, vote)
    if seen_hash is not None and seen_hash != approval.plan_hash:
        raise PlanChangedError(
            f"approval {approval.code} is for plan {approval.plan_hash}, not for {seen_hash}; look at it again"
        )
    if approval.status == ANSWERED[vote.answer]:
        return approval, ()
    if approval.status != "pending":
        raise AlreadyDecidedError(
            f"approval {approval.code} of task {approval.task_id} is already {approval.status}"
        )
    _admit(approval, vote)
    decided = _count(approval, vote)
    voted = ApprovalVoted(
        task_id=approval.task_id,
        approval_id=approval.approval_id,
        approver=vote.approver,
        role=vote.role,
        answer=vote.answer,
        reason=vote.reason,
        unauthenticated=vote.unauthenticated,
        hash_unseen=vote.hash_unseen,
    )
    return (
        (decided, (voted,))
        if decided.status == "pending"
        else (decided, (voted, ended(decided, vote.reason)))
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


def _refuse_expired(approval: Approval, vote: Vote) -> None:
    if approval.status == "expired" or (approval.status == "pending" and vote.at >= approval.expires_at):
        raise ApprovalExpiredError(
            f"approval {approval.code} of task {approval.task_id} expired at "
            f"{approval.expires_at.isoformat(timespec='seconds')}; submit the request again"
        )


def _admit(approval: Approval, vote: Vote) -> None:
    demand = approval.demand
    if not vote.approver:
        raise InvalidInputError("an approval needs a person; send approver_id")
    if vote.role not in (*demand.roles, *demand.escalate_to):
        raise ForbiddenError(
            f"role {vote.role!r} may not decide {approval.level}-risk plans; {' or '.join(demand.roles)} may"
        )
    if demand.four_eyes and approval.requester is not None and vote.approver == approval.requester:
        raise ForbiddenError(
            f"{vote.approver} asked for task {approval.task_id} and so may not decide it; ask somebody else"
        )
    if demand.justification and not vote.reason.strip():
        raise InvalidInputError(
            f"a {approval.level}-risk plan is decided with a reason; send a justification"
        )


def _count(approval: Approval, vote: Vote) -> Approval:
    votes = (*(v for v in approval.votes if v.approver != vote.approver), vote)
    voices = {v.approver for v in votes if v.answer == "approve"}
    if vote.answer == "reject":
        return approval.model_copy(update={"votes": votes, "status": "rejected", "decided_at": vote.at})
    if len(voices) < approval.demand.required:
        return approval.model_copy(update={"votes": votes})
    return approval.model_copy(update={"votes": votes, "status": "approved", "decided_at": vote.at})
