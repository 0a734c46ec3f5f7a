"""The gate between a plan and its run: who is asked, and whether they have said yes."""

from datetime import datetime, timedelta
from typing import NamedTuple, assert_never

from domain.approval import Approval
from domain.errors import ApprovalExpiredError, ApprovalPendingError, ApprovalRejectedError
from domain.facts.approval import ApprovalRequired
from domain.ids import ApprovalId, Digest, SubtaskId, short_code
from domain.plan import Plan
from domain.verdict import Verdict


class Opened(NamedTuple):
    """An approval that is asked for, and the fact of it."""

    approval: Approval
    required: ApprovalRequired


def open_approval(
    plan: Plan,
    plan_hash: Digest,
    requester: str | None,
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
        requester=requester,
        authors=authors,
        subtask_ids=plan.verdict.gated,
        requested_at=now,
        expires_at=now + timedelta(seconds=demand.ttl_s),
    )
    return Opened(approval, _required(approval, plan.verdict))


def permits(
    approval: Approval | None,
    plan_hash: Digest,
    verdict: Verdict,
    now: datetime,
    *,
    begun: datetime | None = None,
) -> None:
    """Return if a plan with this hash and verdict may run, all of it or what is not gated; raise why not.

    A yes is to beginning before the approval's expiry; `begun` is when the task did, if it has. Raises ApprovalPendingError, ApprovalRejectedError or ApprovalExpiredError. An approval of another plan,
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
            _refuse_other_scope(approval, verdict)
            refuse_stale(approval, now if begun is None else begun)
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


def why_not_freed(
    approval: Approval | None, plan_hash: Digest, node: SubtaskId, now: datetime, *, begun: bool
) -> str | None:
    """Why what is gated in this plan may not start, or None: its yes has come, covers it, and is still good.

    `begun`: an attempt of it was made before, so that this is not its beginning any more.
    """
    if approval is None or approval.plan_hash != plan_hash or approval.status != "approved":
        return "nobody has said yes to it"
    if node not in approval.subtask_ids:
        return f"approval {approval.code} does not cover it"
    if not begun and now >= approval.expires_at:
        return f"approval {approval.code} was good until {_told(approval.expires_at)}, and it was not begun by then"
    return None


def refuse_stale(approval: Approval, begun: datetime) -> None:
    """Raise ApprovalExpiredError for a yes that came to its expiry before the plan was begun."""
    if begun >= approval.expires_at:
        raise ApprovalExpiredError(
            f"approval {approval.code} of task {approval.task_id} was good until {_told(approval.expires_at)}, and "
            "the plan was not begun by then; edit the plan, which asks anew, or submit it under another task_id"
        )


def _refuse_other_scope(approval: Approval, verdict: Verdict) -> None:
    """What was demanded of people then must be what the plan demands."""
    if (approval.level, approval.demand) != (verdict.level, verdict.demand) or (
        set(approval.subtask_ids) != set(verdict.gated)
    ):
        raise ApprovalPendingError(
            f"approval {approval.code} of task {approval.task_id} is not for what the plan must be approved for; "
            "find out who changed it"
        )


def _told(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


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
