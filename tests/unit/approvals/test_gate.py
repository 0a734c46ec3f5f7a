"""Who is asked, and what an answer permits."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from approvals.explain import explain, span
from approvals.gate import open_approval, permits
from domain.approval import Approval, ApprovalStatus
from domain.errors import ApprovalExpiredError, ApprovalPendingError, ApprovalRejectedError, OrchestratorError
from domain.ids import ApprovalId, SubtaskId, is_code
from domain.plan import Plan, Subtask
from domain.request import Metadata, Request
from domain.verdict import Demand, RuleHit, Verdict

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HASH, OTHER = "a" * 64, "b" * 64
RISKY = SubtaskId("release::t::1")
HIT = RuleHit(
    rule="release", level="high", why="deploy", subtask_id=RISKY, would_be_lower_if="it went to staging"
)
DEMANDING = Verdict(level="high", hits=(HIT,), demand=Demand(roles=("lead",), ttl_s=60), gated=(RISKY,))
REQUEST = Request(task_id="t", title="x", metadata=Metadata(requester="ann"))


def a_plan(verdict: Verdict) -> Plan:
    return Plan(
        task_id="t",
        revision=2,
        planner="rules",
        request_digest=HASH,
        manifest_version="m",
        policy_version="p",
        requirements=(),
        verdict=verdict,
        subtasks=(Subtask(subtask_id=RISKY, ordinal=0, title="Deploy", objective="Deploy"),),
    )


def opened() -> Approval:
    asked = open_approval(
        a_plan(DEMANDING), HASH, REQUEST.metadata.requester, now=NOW, approval_id=ApprovalId(UUID(int=7))
    )
    assert asked is not None
    return asked.approval


def test_nobody_is_asked_where_nobody_need_be() -> None:
    plan = a_plan(Verdict(level="low"))
    assert (
        open_approval(plan, HASH, REQUEST.metadata.requester, now=NOW, approval_id=ApprovalId(UUID(int=7)))
        is None
    )


def test_an_approval_is_bound_to_the_plan_its_requester_and_its_expiry() -> None:
    asked = open_approval(
        a_plan(DEMANDING), HASH, REQUEST.metadata.requester, now=NOW, approval_id=ApprovalId(UUID(int=7))
    )
    assert asked is not None
    approval, fact = asked
    assert (approval.plan_hash, approval.revision, approval.requester) == (HASH, 2, "ann")
    assert approval.expires_at == NOW + timedelta(seconds=60)
    assert approval.subtask_ids == (RISKY,)
    assert is_code(approval.code)
    assert (fact.code, fact.plan_hash, fact.hits, fact.roles) == (approval.code, HASH, (HIT,), ("lead",))


def test_a_yes_permits_exactly_the_plan_it_was_given_to() -> None:
    approved = opened().model_copy(update={"status": "approved"})
    permits(approved, HASH, DEMANDING, NOW)
    with pytest.raises(ApprovalPendingError):
        permits(approved, OTHER, DEMANDING, NOW)


def test_a_plan_that_demands_nobody_needs_no_approval() -> None:
    permits(None, HASH, Verdict(level="medium"), NOW)


@pytest.mark.parametrize(
    ("status", "later_s", "error"),
    [
        ("pending", 0, ApprovalPendingError),
        ("pending", 60, ApprovalExpiredError),
        ("expired", 0, ApprovalExpiredError),
        ("rejected", 0, ApprovalRejectedError),
        ("cancelled", 0, ApprovalPendingError),
        ("superseded", 0, ApprovalPendingError),
    ],
)
def test_everything_but_a_yes_permits_nothing(
    status: ApprovalStatus, later_s: float, error: type[OrchestratorError]
) -> None:
    approval = opened().model_copy(update={"status": status})
    with pytest.raises(error):
        permits(approval, HASH, DEMANDING, NOW + timedelta(seconds=later_s))


def test_a_demand_without_an_approval_permits_nothing() -> None:
    with pytest.raises(ApprovalPendingError):
        permits(None, HASH, DEMANDING, NOW)


def test_a_verdict_is_told_in_plain_sentences() -> None:
    assert list(explain(DEMANDING)) == [
        "high: release (release::t::1): deploy; lower if it went to staging.",
        "1 person of lead must approve within 1 min, and not whoever asked for it.",
    ]
    assert list(explain(Verdict(level="low"))) == ["No rule found any risk; the plan is low."]


@pytest.mark.parametrize(
    ("seconds", "said"), [(45, "45 s"), (60, "1 min"), (5400, "1 h 30 min"), (86_400, "24 h"), (3_599, "1 h")]
)
def test_lengths_of_time_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert span(seconds) == said
