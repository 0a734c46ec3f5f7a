"""A verb said once for several steps, verbs that share an object, and chains of infinitives."""

import pytest

from domain.request import Request
from planner.rules.asks import asked
from planner.rules.clauses import parse
from planner.rules.gapped import filled
from planner.rules.shape.shaped import shaped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Upgrade staging, then production during the window",
            "Upgrade staging, then upgrade production during the window",
        ),
        (
            "Build the sync endpoint, then the cache in the app",
            "Build the sync endpoint, then build the cache in the app",
        ),
        (
            "Switch the consumers first and the producers afterwards",
            "Switch the consumers first, then switch the producers",
        ),
        (
            "Upgrade the brokers in staging, then in production one by one",
            "Upgrade the brokers in staging, then upgrade them in production one by one",
        ),
    ],
)
def test_a_verb_said_once_is_meant_for_each_step(text: str, expected: str) -> None:
    assert filled(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Fix the handler, then deploy it",
        "Write the page and then peel the apples",
        "We need a test, then the fix is easy",
        "Switch off Jenkins afterwards and explain the workflows in the wiki",
    ],
)
def test_a_step_with_a_verb_of_its_own_is_left_alone(text: str) -> None:
    assert filled(text) == text


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Add endpoints to create, list and delete them, and a page", 1),
        ("Add the column, backfill, and drop the old one", 3),
        ("Write the migration and backfill", 1),
        ("Add drag and drop to the board", 1),
        ("Store only hashes, log every use and limit each key", 3),
        ("Fix the packages, run the tests and deploy service by service", 3),
        ("Run it once by hand on production and document the process", 2),
        ("Access tokens appear in the debug logs", 0),
        ("Pilot it at two schools before all schools get it", 2),
        ("Let users withdraw their consent and have the privacy team check the wording", 2),
    ],
)
def test_a_sentence_orders_as_many_steps_as_its_verbs_command(text: str, steps: int) -> None:
    assert sum(clause.kind == "action" for clause in parse(text)) == steps


def objects(title: str, description: str) -> list[tuple[str | None, str]]:
    request = Request(task_id="t", title=title, description=description)
    read = asked(request.title, request.description)
    return [(ask.clause.verb, ask.clause.object) for ask in shaped(read.asks, read.theme)]


def test_a_bare_verb_has_the_object_of_the_one_it_is_coupled_with() -> None:
    assert objects("SDK", "Build and test the SDK.") == [("build", "the SDK"), ("test", "the SDK")]


def test_what_is_added_is_not_what_is_fixed() -> None:
    assert objects("The export hangs", "Fix and add a regression test.")[0] == ("fix", "")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("We need a workflow engine. Compare Temporal and Camunda.", "compare"),
        ("Add workspaces. 1. Design the model 2. Create the tables 3. Implement the API", "design"),
    ],
)
def test_what_only_heads_the_steps_below_is_no_step(text: str, first: str) -> None:
    assert objects("Ticket", text)[0][0] == first


@pytest.mark.parametrize(
    ("title", "description"),
    [
        ("As discussed", "See yesterday's meeting."),
        ("Improve things", "Do what is necessary."),
        ("Can we delete old branches?", "Just wondering."),
        ("Clean up old stuff", ""),
    ],
)
def test_a_request_that_names_nothing_asks_for_nothing(title: str, description: str) -> None:
    assert asked(title, description).asks == ()
