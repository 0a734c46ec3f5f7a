"""A thing brought out step by step, and one that is to be live: each bringing is a step of its own."""

import pytest

from planner.rules.clauses import parse, read_all
from planner.rules.staged import staged


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Roll it out to 5 % first, then to 25 %, then to everyone",
            "Roll it out to 5 % first, then roll it out to 25 %, then roll it out to everyone",
        ),
        (
            "Deploy to Europe first, then the US, finally Asia",
            "Deploy to Europe first, then deploy it to the US, finally deploy it to Asia",
        ),
        (
            "First to ten phones, and if nobody complains within a day to everyone",
            "First roll it out to ten phones, and if nobody complains within a day, roll it out to everyone",
        ),
        (
            "Apply the rest to staging, then to production",
            "Apply the rest to staging, then apply it to production",
        ),
        (
            "Staff first, 10 % on Tuesday, everyone by Friday",
            "Roll it out to Staff first, then roll it out to 10 % on Tuesday, then roll it out to everyone by Friday",
        ),
        (
            "Rollout: 5 % on Monday, everyone on Thursday",
            "Roll it out to 5 % on Monday, then roll it out to everyone on Thursday",
        ),
        (
            "Enable it in Portugal on 3 May and everywhere else two weeks later",
            "Enable it in Portugal on 3 May, then enable it everywhere else two weeks later",
        ),
        (
            "Deploy it to staging first and to production on Thursday",
            "Deploy it to staging first, then deploy it to production on Thursday",
        ),
        (
            "Release it to 5 %, 25 %, 100 %",
            "Release it to 5 %, then release it to 25 %, then release it to 100 %",
        ),
        (
            "Deploy to production in two steps: EU first, US the day after",
            "Deploy to production for EU, then deploy it to US the day after",
        ),
        (
            "Turn the flag on for employees and a week later for all shops",
            "Turn the flag on for employees, a week later turn it on for all shops",
        ),
    ],
)
def test_each_step_of_a_rollout_gets_the_verb_of_the_first(text: str, expected: str) -> None:
    assert staged(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Deploy the API, then the worker",
        "Roll it out to staging, then check the logs",
        "Move the users to the new login, then delete the passwords",
        "Turn off the old host, then to be safe wait a day",
        "First the tables, then the endpoints",
        "Enable it for staff, customers",
        "Users, teams and accounts need a page",
        "Tests, docs",
    ],
)
def test_steps_that_are_no_places_or_have_a_verb_stay_as_they_are(text: str) -> None:
    assert staged(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Have it live by Friday",
        "We want the new checkout live on Monday",
        "Get it in front of customers next week",
        "We'd like the map online before Easter",
    ],
)
def test_to_want_a_thing_live_is_to_ask_for_its_deployment(text: str) -> None:
    assert [clause.verb for clause in parse(text) if clause.kind == "action"] == ["deploy"]


def test_what_is_put_in_front_of_a_machine_is_not_brought_to_people() -> None:
    assert [clause.verb for clause in parse("Put a cache in front of the tile server")] == ["put"]


@pytest.mark.parametrize(
    ("text", "verbs"),
    [
        ("Security reviews the form before we switch it on for the clinics", ["review", "release"]),
        ("QA walks through the form before it ships to production on Thursday", ["walk", "release"]),
        ("Legal checks the texts before go-live", ["check"]),
        ("Test the form before we add it to the site", ["test"]),
    ],
)
def test_what_is_said_to_follow_is_asked_for_where_it_brings_something_to_people(
    text: str, verbs: list[str]
) -> None:
    assert [clause.verb for clause in parse(text) if clause.kind == "action"] == verbs


@pytest.mark.parametrize(
    "text",
    [
        "The new pricing page goes live on Tuesday",
        "It has to be live before Easter",
        "The app should be in the hands of all drivers by Monday",
        "Go-live on Friday at noon",
    ],
)
def test_what_is_said_to_be_out_by_a_day_is_released(text: str) -> None:
    assert [clause.verb for clause in parse(text) if clause.kind == "action"] == ["release"]


@pytest.mark.parametrize(
    "text",
    [
        "The new page went live on Tuesday",
        "The old page was not live before Easter",
        "When an order goes out the customer gets a mail",
        "The DPO approves before go-live",
    ],
)
def test_what_was_out_or_goes_out_again_and_again_is_not_released(text: str) -> None:
    assert "release" not in [clause.verb for clause in parse(text) if clause.kind == "action"]


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Maria needs admin rights on the billing project", "grant"),
        ("The auditors should get read access to the ledger", "grant"),
        ("The contractor should lose access to the cluster", "revoke"),
        ("Janek's access ends today", "revoke"),
        ("The old load balancer can go", "remove"),
        ("The old API should be switched off by June", "switch off"),
        ("All customers must be told", "tell"),
    ],
)
def test_doors_and_what_goes_are_ordered_by_saying_how_it_should_be(text: str, verb: str) -> None:
    assert [clause.verb for clause in parse(text) if clause.kind == "action"] == [verb]


@pytest.mark.parametrize(
    "text",
    [
        "The account must be locked after five failed attempts",
        "The customer should be informed of the change",
        "The admin page needs role checks",
        "The list has access to the cache already",
    ],
)
def test_how_software_is_to_behave_orders_nothing_now(text: str) -> None:
    assert [clause.verb for clause in parse(text) if clause.kind == "action"] == []


def test_what_goes_live_is_brought_by_whoever_releases_whatever_it_is() -> None:
    (read,) = read_all("The seat map goes live on Monday at six")

    assert (read.clause.verb, read.phrase.team) == ("release", "release")
