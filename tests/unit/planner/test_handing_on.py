"""What agents hand on by name decides who does what with it, before any talk of kinds of work."""

import json
from pathlib import Path

import pytest

from approvals.policy import Policy
from domain.agent import Manifest
from domain.plan import Plan
from domain.request import Request
from planner.pipeline import Planning
from planner.rules.flows import Flows
from routing.route import Router

SHIPPED = Path(__file__).parents[3] / "manifests"
CHAIN = ["git-history", "release-notes", "notes-check", "publisher"]


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    told = json.loads((SHIPPED / "agents-manifest.json").read_text("utf-8"))
    return Manifest.model_validate({key: value for key, value in told.items() if key != "$schema"})


@pytest.fixture(scope="module")
def planning(manifest: Manifest) -> Planning:
    policy = Policy.load(SHIPPED / "risk-policy.yaml").guarding(manifest)
    return Planning(manifest, Router(manifest), policy)


def planned(planning: Planning, text: str) -> Plan:
    return planning.plan_by_rules(Request(task_id="t", title=text[:100].splitlines()[0], description=text))


@pytest.mark.parametrize(
    "text",
    [
        "gather the latest 12 commits, write release notes, make sure every commit is mentioned, publish them to production",
        "List the most recent commits. Draft the changelog. Verify that the notes mention every commit. Publish to production.",
        "- gather the commits\n- draft the changelog\n- verify that the changelog mentions every commit\n- publish it",
        "Read the git log, summarise it as release notes, check them for completeness and release them",
        "Pull the last 15 commits from git, compose the notes, confirm every commit appears in them, and ship them",
        "Write release notes for the last 12 commits and publish them to production once every commit is mentioned",
        "Take the 12 latest commits, create release notes, see to it that every commit is listed, publish to prod",
        "Publish release notes for the last 8 commits to production, after checking that every commit is mentioned",
        "We need release notes. Gather the latest commits, write the notes, verify them, and publish.",
        "Make release notes out of the latest commits, verify every commit is in there and put them live",
    ],
)
def test_however_it_is_said_the_notes_go_from_the_commits_to_their_readers(
    planning: Planning, text: str
) -> None:
    plan = planned(planning, text)
    order = {subtask.agent: subtask for subtask in plan.subtasks}
    assert sorted(order) == sorted([*CHAIN, "clock"])
    assert [subtask.agent for subtask in plan.subtasks if subtask.gated] == ["publisher"]
    checked = {edge.on for edge in order["publisher"].depends_on}
    assert order["notes-check"].subtask_id in checked


def test_what_is_only_looked_up_is_low(planning: Planning) -> None:
    plan = planned(planning, "Write release notes for the last 12 commits")
    looked = {subtask.agent: subtask for subtask in plan.subtasks if subtask.implied}
    assert looked["clock"].title == "Look up the date"
    assert looked["git-history"].objective == "Look up the last 12 commits"
    assert {subtask.risk for subtask in looked.values()} == {"low"}


def test_a_thing_is_known_by_the_other_words_of_its_maker(manifest: Manifest) -> None:
    flows = Flows(manifest)
    assert "notes" in flows.spoken("draft the changelog")
    assert flows.meant("draft", flows.spoken("the changelog")) == {"release-notes"}
    assert flows.meant("publish", frozenset(), at_hand=frozenset({"notes"})) == {"publisher"}
    assert flows.part("notes-check") == "check"
    assert flows.meant("draft", flows.spoken("a poem")) == frozenset()
