"""What one more voice does to an approval."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from approvals.quorum import decide
from domain.approval import Answer, Approval, Vote
from domain.errors import (
    AlreadyDecidedError,
    ApprovalExpiredError,
    ForbiddenError,
    InvalidInputError,
    PlanChangedError,
)
from domain.ids import ApprovalId
from domain.verdict import Demand

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HASH = "a" * 64


def an_approval(*, required: int = 1, justification: bool = False, four_eyes: bool = True) -> Approval:
    return Approval(
        approval_id=ApprovalId(UUID(int=7)),
        code="ABCDEFGH",
        task_id="t",
        revision=1,
        plan_hash=HASH,
        level="high",
        demand=Demand(
            roles=("lead",),
            required=required,
            four_eyes=four_eyes,
            justification=justification,
            ttl_s=60,
            escalate_to=("chief",),
        ),
        requester="ann",
        subtask_ids=(),
        requested_at=NOW,
        expires_at=NOW + timedelta(seconds=60),
    )


def vote(
    answer: Answer = "approve", *, by: str = "bob", role: str = "lead", reason: str = "", after_s: float = 1
) -> Vote:
    return Vote(approver=by, role=role, answer=answer, reason=reason, at=NOW + timedelta(seconds=after_s))


def test_one_yes_is_enough_where_one_is_demanded() -> None:
    decided, facts = decide(an_approval(), vote(), seen_hash=HASH)
    assert decided.status == "approved"
    assert [fact.kind for fact in facts] == ["approval_voted", "approval_approved"]


def test_two_are_two_different_people() -> None:
    once, facts = decide(an_approval(required=2), vote(), seen_hash=HASH)
    again, _ = decide(once, vote(), seen_hash=HASH)
    assert (once.status, again.status) == ("pending", "pending")
    assert [fact.kind for fact in facts] == ["approval_voted"]
    twice, _ = decide(again, vote(by="cat"), seen_hash=HASH)
    assert twice.status == "approved"


def test_one_no_ends_it() -> None:
    once, _ = decide(an_approval(required=2), vote(), seen_hash=HASH)
    ended, facts = decide(once, vote("reject", by="cat", reason="not today"), seen_hash=HASH)
    assert ended.status == "rejected"
    assert facts[-1].reason == "not today"


def test_the_same_answer_again_changes_nothing_and_another_is_told_what_stands() -> None:
    approved, _ = decide(an_approval(), vote(), seen_hash=HASH)
    assert decide(approved, vote(by="cat"), seen_hash=HASH) == (approved, ())
    with pytest.raises(AlreadyDecidedError, match="already approved"):
        decide(approved, vote("reject"), seen_hash=HASH)


def test_a_decided_approval_stays_decided_after_its_expiry() -> None:
    approved, _ = decide(an_approval(), vote(), seen_hash=HASH)
    assert decide(approved, vote(after_s=600), seen_hash=HASH) == (approved, ())


def test_too_late_is_refused() -> None:
    with pytest.raises(ApprovalExpiredError):
        decide(an_approval(), vote(after_s=60), seen_hash=HASH)


def test_another_plan_than_the_one_seen_is_refused() -> None:
    with pytest.raises(PlanChangedError):
        decide(an_approval(), vote(), seen_hash="b" * 64)


def test_whoever_asked_may_not_decide_unless_four_eyes_are_off() -> None:
    with pytest.raises(ForbiddenError, match="ask somebody else"):
        decide(an_approval(), vote(by="ann"), seen_hash=HASH)
    assert decide(an_approval(four_eyes=False), vote(by="ann"), seen_hash=HASH)[0].status == "approved"


def test_only_the_demanded_roles_decide_and_those_above_them() -> None:
    with pytest.raises(ForbiddenError, match="'intern'"):
        decide(an_approval(), vote(role="intern"), seen_hash=HASH)
    assert decide(an_approval(), vote(role="chief"), seen_hash=HASH)[0].status == "approved"


def test_a_person_is_needed_and_a_reason_where_one_is_asked_for() -> None:
    with pytest.raises(InvalidInputError, match="approver_id"):
        decide(an_approval(), vote(by=""), seen_hash=HASH)
    with pytest.raises(InvalidInputError, match="justification"):
        decide(an_approval(justification=True), vote(reason="  "), seen_hash=HASH)
    assert (
        decide(an_approval(justification=True), vote(reason="looked at it"), seen_hash=HASH)[0].status
        == "approved"
    )
