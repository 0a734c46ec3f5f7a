"""What one more voice does to an approval."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from approvals.quorum import Ballot, Electorate, decide
from domain.approval import Answer, Approval
from domain.errors import (
    AlreadyDecidedError,
    ApprovalExpiredError,
    ForbiddenError,
    InvalidInputError,
    PlanChangedError,
)
from domain.ids import ApprovalId
from domain.principal import Principal
from domain.verdict import Demand
from domain.warrant import Delegation

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
    answer: Answer = "approve",
    *,
    by: str = "bob",
    role: str = "lead",
    reason: str = "",
    after_s: float = 1,
    seen: str | None = HASH,
) -> Ballot:
    return Ballot(Principal.claimed(by, role), answer, NOW + timedelta(seconds=after_s), reason, seen)


def test_one_yes_is_enough_where_one_is_demanded() -> None:
    decided, facts = decide(an_approval(), vote())
    assert decided.status == "approved"
    assert [fact.kind for fact in facts] == ["approval_voted", "approval_approved"]


def test_two_are_two_different_people() -> None:
    once, facts = decide(an_approval(required=2), vote())
    again, _ = decide(once, vote())
    assert (once.status, again.status) == ("pending", "pending")
    assert [fact.kind for fact in facts] == ["approval_voted"]
    twice, _ = decide(again, vote(by="cat"))
    assert twice.status == "approved"


def test_one_no_ends_it() -> None:
    once, _ = decide(an_approval(required=2), vote())
    ended, facts = decide(once, vote("reject", by="cat", reason="not today"))
    assert ended.status == "rejected"
    assert facts[-1].reason == "not today"


def test_the_same_answer_again_changes_nothing_and_another_is_told_what_stands() -> None:
    approved, _ = decide(an_approval(), vote())
    assert decide(approved, vote(by="cat")) == (approved, ())
    with pytest.raises(AlreadyDecidedError, match="already approved"):
        decide(approved, vote("reject"))


def test_a_decided_approval_stays_decided_after_its_expiry() -> None:
    approved, _ = decide(an_approval(), vote())
    assert decide(approved, vote(after_s=600)) == (approved, ())


def test_too_late_is_refused() -> None:
    with pytest.raises(ApprovalExpiredError):
        decide(an_approval(), vote(after_s=60))


def test_another_plan_than_the_one_seen_is_refused() -> None:
    with pytest.raises(PlanChangedError):
        decide(an_approval(), vote(seen="b" * 64))


@pytest.mark.parametrize("name", ["ANN", "ann ", "  ann", "ann\u200b", "\uff41nn", "a\u00adnn"])
def test_another_spelling_of_a_name_that_looks_the_same_is_the_same_person(name: str) -> None:
    with pytest.raises(ForbiddenError, match="asked for task"):
        decide(an_approval(), vote(by=name))


def test_whoever_asked_may_not_decide_unless_four_eyes_are_off() -> None:
    with pytest.raises(ForbiddenError, match="ask somebody else"):
        decide(an_approval(), vote(by="ann"))
    assert decide(an_approval(four_eyes=False), vote(by="ann"))[0].status == "approved"


def test_only_the_demanded_roles_decide_and_those_above_them() -> None:
    with pytest.raises(ForbiddenError, match="'intern'"):
        decide(an_approval(), vote(role="intern"))
    assert decide(an_approval(), vote(role="chief"))[0].status == "approved"


def test_a_person_is_needed_and_a_reason_where_one_is_asked_for() -> None:
    with pytest.raises(InvalidInputError, match="approver_id"):
        decide(an_approval(), vote(by=""))
    with pytest.raises(InvalidInputError, match="justification"):
        decide(an_approval(justification=True), vote(reason="  "))
    assert decide(an_approval(justification=True), vote(reason="looked at it"))[0].status == "approved"


class Known(dict[str, Principal]):
    """People with keys, as they are configured now."""

    def have(self, person: str, *roles: str, names: tuple[str, ...] = ()) -> "Known":
        self[person] = Principal(id=person, roles=roles, names=frozenset(names), authenticated=True)
        return self


def keyed(known: Known, person: str, answer: Answer = "approve", seen: str | None = HASH) -> Ballot:
    return Ballot(known[person], answer, NOW + timedelta(seconds=1), "looked at it", seen)


def lending(
    delegator: str, delegate: str, *roles: str, until_s: float = 60, revoked: bool = False
) -> Delegation:
    return Delegation(
        delegation_id=UUID(int=9),
        delegator=delegator,
        delegate=delegate,
        roles=roles or ("lead",),
        reason="on holiday",
        starts_at=NOW,
        until=NOW + timedelta(seconds=until_s),
        created_at=NOW,
        revoked_at=NOW if revoked else None,
        revoked_by="root" if revoked else None,
    )


def test_with_a_key_the_plan_that_was_seen_must_be_named() -> None:
    people = Known().have("bob", "lead")
    with pytest.raises(InvalidInputError, match="plan_hash"):
        decide(an_approval(), keyed(people, "bob", seen=None), Electorate(people.get))
    decided, _ = decide(an_approval(), keyed(people, "bob"), Electorate(people.get))
    assert (decided.status, decided.votes[0].unauthenticated, decided.votes[0].hash_unseen) == (
        "approved",
        False,
        False,
    )


def test_whoever_submitted_or_changed_the_plan_does_not_decide_it_by_whatever_name() -> None:
    people = Known().have("bob", "lead", names=("Ann",)).have("cat", "lead")
    for person, approval in (
        ("bob", an_approval()),
        ("cat", an_approval().model_copy(update={"authors": ("cat",)})),
    ):
        with pytest.raises(ForbiddenError, match="ask somebody else"):
            decide(approval, keyed(people, person), Electorate(people.get))


def test_a_voice_counts_no_more_once_its_role_was_taken_away() -> None:
    people = Known().have("bob", "lead").have("cat", "lead").have("dan", "chief")
    once, _ = decide(an_approval(required=2), keyed(people, "bob"), Electorate(people.get))
    people.have("bob", "intern")
    twice, _ = decide(once, keyed(people, "cat"), Electorate(people.get))
    assert twice.status == "pending"
    assert decide(twice, keyed(people, "dan"), Electorate(people.get))[0].status == "approved"


def test_what_was_said_without_a_key_does_not_count_among_those_with_one() -> None:
    people = Known().have("bob", "lead").have("cat", "lead")
    once, _ = decide(an_approval(required=2), vote())
    assert decide(once, keyed(people, "cat"), Electorate(people.get))[0].status == "pending"


def test_a_role_that_was_lent_decides_and_the_record_says_whose_it_was() -> None:
    people = Known().have("bob", "lead").have("eve")
    decided, facts = decide(
        an_approval(), keyed(people, "eve"), Electorate(people.get, (lending("bob", "eve"),))
    )
    vote = decided.votes[0]
    assert (decided.status, vote.role, vote.means, vote.on_behalf_of) == (
        "approved",
        "lead",
        "delegation",
        "bob",
    )
    assert facts[0].model_dump()["on_behalf_of"] == "bob"


@pytest.mark.parametrize(
    ("lent", "why"),
    [
        (lending("bob", "cat"), "lent to somebody else"),
        (lending("bob", "eve", until_s=0.5), "its time is over"),
        (lending("bob", "eve", revoked=True), "taken back"),
        (lending("bob", "eve", "chief"), "more than bob has"),
        (lending("fay", "eve"), "fay never had it"),
        (lending("ann", "eve"), "ann asked for the plan and has no say in it herself"),
        (lending("gil", "eve"), "nobody knows gil any more"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_was_not_there_to_lend_lets_nobody_decide(lent: Delegation, why: str) -> None:
    people = Known().have("ann", "lead").have("bob", "lead").have("eve").have("fay")
    with pytest.raises(ForbiddenError):
        decide(an_approval(), keyed(people, "eve"), Electorate(people.get, (lent,)))


@pytest.mark.parametrize("four_eyes", [True, False])
def test_nothing_is_lent_to_whoever_asked(four_eyes: bool) -> None:
    people = Known().have("ann").have("bob", "lead")
    with pytest.raises(ForbiddenError):
        decide(
            an_approval(four_eyes=four_eyes),
            keyed(people, "ann"),
            Electorate(people.get, (lending("bob", "ann"),)),
        )


def test_a_role_and_its_loan_are_one_voice() -> None:
    people = Known().have("bob", "lead").have("eve").have("cat", "lead")
    electorate = Electorate(people.get, (lending("bob", "eve"),))
    once, _ = decide(an_approval(required=2), keyed(people, "bob"), electorate)
    again, _ = decide(once, keyed(people, "eve"), electorate)
    assert again.status == "pending"
    assert decide(again, keyed(people, "cat"), electorate)[0].status == "approved"


def test_a_voice_that_was_lent_counts_no_more_once_it_was_taken_back() -> None:
    people = Known().have("bob", "lead").have("eve").have("cat", "lead")
    lent = lending("bob", "eve")
    once, _ = decide(an_approval(required=2), keyed(people, "eve"), Electorate(people.get, (lent,)))
    after = Electorate(people.get, (), {lent.delegation_id})
    assert decide(once, keyed(people, "cat"), after)[0].status == "pending"
