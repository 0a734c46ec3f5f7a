"""Orders in other shapes than an order: the deed as a noun, as a participle, as what is left or due."""

import pytest

from planner.rules.arrows import without_arrows
from planner.rules.asks import asked as planned_asks
from planner.rules.clauses import parse


def asked(text: str) -> list[tuple[str | None, str]]:
    return [(clause.verb, clause.object) for clause in parse(text) if clause.kind == "action"]


@pytest.mark.parametrize(
    "text",
    [
        "Somebody has to rotate the signing keys",
        "Time to rotate the signing keys",
        "We have decided to rotate the signing keys",
        "We are ready to rotate the signing keys",
        "I was asked to rotate the signing keys",
        "We'd better rotate the signing keys",
        "It's up to you to rotate the signing keys",
        "Management wants us to rotate the signing keys",
        "What remains is to rotate the signing keys",
        "All that is left to do is rotate the signing keys",
    ],
)
def test_whoever_decided_or_was_asked_it_is_the_deed_that_is_ordered(text: str) -> None:
    assert asked(text) == [("rotate", "the signing keys")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The rotation of the signing keys can go ahead", ("rotate", "the signing keys")),
        (
            "The rollout of 5.2 to all customers is due on Friday",
            ("roll out", "5.2 to all customers on Friday"),
        ),
        ("Then comes the move to the new ingress", ("move", "it to the new ingress")),
        ("The last step is the removal of the old index", ("remove", "the old index")),
        ("Carry out the scaling of the order workers", ("scale", "the order workers")),
        ("What's missing: the backfill of the country column", ("backfill", "the country column")),
        ("We need the revocation of the old tokens", ("revoke", "the old tokens")),
    ],
)
def test_a_deed_that_is_named_and_due_is_ordered(text: str, expected: tuple[str, str]) -> None:
    assert asked(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I want the signing keys rotated by Friday", ("rotate", "the signing keys by Friday")),
        ("We need the affected orders corrected", ("correct", "the affected orders")),
        ("Have the new search turned on for beta users", ("turn on", "the new search for beta users")),
        (
            "Let everybody have the new search",
            ("roll out", "the new search to everybody"),
        ),
    ],
)
def test_a_thing_that_is_wanted_in_another_state_is_brought_there(
    text: str, expected: tuple[str, str]
) -> None:
    assert asked(text) == [expected]


def test_what_somebody_wants_done_is_judged_in_the_words_of_an_order() -> None:
    [clause] = parse("Have the signing keys rotated by Friday")
    assert clause.text == "Rotate the signing keys by Friday"


@pytest.mark.parametrize(
    "text",
    [
        "The rotation of the keys must not interrupt anybody",
        "The rollout of 5.2 was stopped",
        "The deployment to production happens every Tuesday",
        "The migration of the tenants takes two hours",
    ],
)
def test_a_deed_that_is_only_spoken_of_is_not_ordered(text: str) -> None:
    assert asked(text) == []


def test_people_who_should_have_it_from_a_day_on_are_given_it() -> None:
    [(verb, _)] = asked("Customers in Italy should have the new basket from Monday on")
    assert verb == "roll out"
    assert asked("Customers should see the price") == []


def test_a_dialog_that_asks_before_something_orders_only_the_dialog() -> None:
    assert [verb for verb, _ in asked("Add a dialog that asks before deleting a project")] == ["add"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Could 2.9 of the laundry app be put onto staging for tomorrow's demo?",
            ("put", "2.9 of the laundry app for tomorrow's demo"),
        ),
        (
            "It would be great if half of our buyers could use the new checkout from tomorrow",
            ("roll out", "the new checkout to half of our buyers from tomorrow"),
        ),
        ("The email column has to become NOT NULL", ("change", "the email column to NOT NULL")),
        (
            "Investigate the intrusion first; the accounts found are locked afterwards",
            ("lock", "the accounts found"),
        ),
        ("We need the tax engine 2027.1 on prod before the year ends", ("deploy", "the tax engine 2027.1")),
    ],
)
def test_a_question_a_permission_and_a_duty_stand_for_the_deed(text: str, expected: tuple[str, str]) -> None:
    assert asked(text)[-1] == expected


def test_whether_something_can_be_done_at_all_is_only_a_question() -> None:
    assert asked("Can the old index be dropped?") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("prod api: 6 -> 12 replicas", ("raise", "api from 6 to 12 replicas")),
        ("reco widget 50 % → 10 %", ("ramp down", "reco widget from 50 % to 10 %")),
        ("API token posted in a forum -> revoke it", ("revoke", "it")),
    ],
)
def test_an_arrow_between_figures_or_before_an_order_is_read_as_words(
    text: str, expected: tuple[str, str]
) -> None:
    assert asked(text) == [expected]


def test_an_arrow_between_two_things_stays() -> None:
    assert without_arrows("Jenkins -> GitHub Actions") == "Jenkins -> GitHub Actions"


def test_a_condition_of_one_word_needs_no_comma() -> None:
    assert [verb for verb, _ in asked("Run the smoke tests and if green promote 3.8 to prod")] == [
        "run",
        "promote",
    ]


def test_a_title_that_asks_for_more_than_the_description_is_what_is_asked() -> None:
    read = planned_asks(
        "Hash the PINs in the member service; security signs it off afterwards",
        "The hashing is argon2 then. Security has to sign this off.",
    )
    assert [ask.clause.verb for ask in read.asks] == ["hash", "sign off"]
