"""The gate between a plan and its run: who is asked, and whether they have said yes."""

from datetime import datetime, timedelta
from typing import NamedTuple, assert_never

from domain.approval import Approval
from domain.errors import ApprovalExpiredError, ApprovalPendingError, ApprovalRejectedError
from domain.event import ApprovalRequired
from domain.ids import ApprovalId, Digest, short_code
from domain.plan import Plan
from domain.request import Request
from domain.verdict import Verdict


class Opened(NamedTuple):
    """An approval that is asked for, and the fact of it."""

    approval: Approval
    required: ApprovalRequired


def open_approval(
    plan: Plan,
    plan_hash: Digest,
    request: Request,
    *,
    now: datetime,
    approval_id: ApprovalId,
    authors: tuple[str, ...] = (),
) -> Opened | None:
    """What the plan's verdict demands, bound to this very plan; None where nobody need be asked."""
    demand = plan.verdict.demand
    if demand is None:
        return None
    approval = Approval(
        approval_id=approval_id,
        code=short_code(approval_id),
        task_id=plan.task_id,
        revision=plan.revision,
        plan_hash=plan_hash,
        level=plan.verdict.level,
        demand=demand,
        requester=request.metadata.requester,
        authors=authors,
        subtask_ids=plan.verdict.gated,
        requested_at=now,
        expires_at=now + timedelta(seconds=demand.ttl_s),
    )
    return Opened(approval, _required(approval, plan.verdict))


def permits(approval: Approval | None, plan_hash: Digest, verdict: Verdict, now: datetime) -> None:
    """Return if a plan with this hash and verdict may run, all of it or what is not gated; raise why not.

    Raises ApprovalPendingError, ApprovalRejectedError or ApprovalExpiredError. An approval of another plan,
    or none where one is demanded, permits nothing.
    """
    if verdict.demand is None:
        return
    if approval is None or approval.plan_hash != plan_hash:
        raise ApprovalPendingError(f"nobody was asked about plan {plan_hash}; submit the request again")
    if not verdict.demand.holds_all:
        return
    match approval.status:
        case "approved":
            return
        case "pending" if now < approval.expires_at:
            raise ApprovalPendingError(
                f"approval {approval.code} of task {approval.task_id} is still pending"
            )
        case "pending" | "expired":
            raise ApprovalExpiredError(
                f"nobody decided approval {approval.code} of task {approval.task_id} in time; submit it again"
            )
        case "rejected":
            raise ApprovalRejectedError(f"approval {approval.code} of task {approval.task_id} was rejected")
        case "cancelled" | "superseded":
            raise ApprovalPendingError(
                f"approval {approval.code} of task {approval.task_id} was {approval.status}; the plan needs a new one"
            )
        case other:
            assert_never(other)


def frees(approval: Approval | None, plan_hash: Digest, verdict: Verdict) -> bool:
    """Whether what is gated in this plan may start: its approval has come."""
    if verdict.demand is None:
        return True
    return approval is not None and approval.plan_hash == plan_hash and approval.status == "approved"


def _required(approval: Approval, verdict: Verdict) -> ApprovalRequired:
    return ApprovalRequired(
        task_id=approval.task_id,
        approval_id=approval.approval_id,
        code=approval.code,
        revision=approval.revision,
        plan_hash=approval.plan_hash,
        level=approval.level,
        roles=approval.demand.roles,
        required=approval.demand.required,
        subtask_ids=approval.subtask_ids,
        hits=verdict.hits,
        expires_at=approval.expires_at,
    )
