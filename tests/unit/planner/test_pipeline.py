"""Requests to plans, with a router and a gate small enough to predict."""

import pytest

from domain.agent import Manifest
from planner.coverage import matrix
from planner.pipeline import Planning
from routing.route import Router
from tests.kit.planning import (
    NOTES_MANIFEST,
    SOFTWARE_MANIFEST,
    GatesProduction,
    agent,
    agents_of,
    before,
    manifest,
    planning,
    request,
)


def test_a_plain_request_becomes_one_subtask() -> None:
    plan = planning().plan_by_rules(request("Write an onboarding guide"))

    assert agents_of(plan) == ["docs"]
    assert plan.subtasks[0].subtask_id == "docs::t-1::1"
    assert matrix(plan).exact


def test_a_title_that_heads_the_description_asks_for_nothing_more() -> None:
    plan = planning().plan_by_rules(
        request("Fix duplicate charge", "Reproduce it with a failing test, then fix the handler.")
    )

    assert agents_of(plan) == ["qa", "backend"]


def test_work_that_went_to_somebody_by_a_hairs_breadth_is_told() -> None:
    agents = manifest(agent("left", "walls fences"), agent("right", "walls gates"))
    planned = Planning(agents, Router(agents), GatesProduction()).plan_by_rules
    (narrow,) = planned(request("Tend the walls")).findings
    (nobody,) = planned(request("Tend the xyzzy")).findings

    assert (narrow.code, narrow.path, narrow.severity) == ("low_confidence", "requirements[0]", "warning")
    assert "by a narrow margin over" in narrow.message
    assert "its words fit nobody" in nobody.message
    clear = Planning(SOFTWARE_MANIFEST, Router(SOFTWARE_MANIFEST), GatesProduction())
    assert clear.plan_by_rules(request("Write an onboarding guide")).findings == ()


def test_a_numbered_list_runs_in_its_order() -> None:
    plan = planning().plan_by_rules(
        request(
            "Partition orders",
            "1. Design the scheme\n2. Write the migration\n3. Load test the table\n4. Roll out",
        )
    )

    assert agents_of(plan) == ["architect", "database", "qa", "release"]
    assert before(plan, "release") == {"qa"}
    assert before(plan, "qa") == {"database"}


def test_things_for_different_agents_are_split() -> None:
    plan = planning().plan_by_rules(request("Set up a service with a Dockerfile, a pipeline and a dashboard"))

    assert {"infra", "cicd", "sre"} <= set(agents_of(plan))


def test_words_that_may_be_an_order_are_never_told_as_a_thing_to_add() -> None:
    plan = planning().plan_by_rules(request("disk is full, pruge the audit log of the Dockerfile builds"))

    assert [subtask.title for subtask in plan.subtasks] == [
        "Disk is full, pruge the audit log of the Dockerfile builds"
    ]


def test_negatives_become_constraints() -> None:
    plan = planning().plan_by_rules(
        request("Broker", "Evaluate Kafka and NATS. Do not implement anything yet.")
    )

    assert agents_of(plan) == ["architect"]
    assert plan.constraints == ("Do not implement anything yet",)


def test_a_bare_fix_says_what_is_to_be_fixed() -> None:
    plan = routed(SOFTWARE_MANIFEST).plan_by_rules(
        request("Broken link in the footer", "It gives a 404. Please fix.")
    )

    assert plan.subtasks[0].title == "Fix: Broken link in the footer"


def test_a_question_orders_nothing_and_says_so() -> None:
    plan = planning().plan_by_rules(request("What does the orchestrator do?"))

    assert plan.subtasks == ()
    assert [finding.code for finding in plan.findings] == ["nothing_asked"]


def routed(of: Manifest) -> Planning:
    """With the real router, of which every agent is eligible, however badly it fits."""
    return Planning(of, Router(of), GatesProduction())


@pytest.mark.parametrize("words", ["hm", "asdf qwer", "Kartoffeln"])
def test_words_that_no_agent_knows_and_that_order_nothing_are_given_to_nobody(words: str) -> None:
    plan = routed(SOFTWARE_MANIFEST).plan_by_rules(request(words))

    assert (plan.subtasks, plan.requirements) == ((), ())
    assert [finding.code for finding in plan.findings] == ["nothing_asked"]


@pytest.mark.parametrize("words", ["Frobnicate the wibble", "hm. Feed the cat", "api", "invite Zork"])
def test_work_in_words_that_nobody_knows_does_not_vanish(words: str) -> None:
    plan = routed(SOFTWARE_MANIFEST).plan_by_rules(request(words))

    assert plan.subtasks
    assert words.removeprefix("hm. ") in [requirement.text for requirement in plan.requirements]


def test_where_only_one_agent_can_be_meant_whatever_is_said_is_said_to_it() -> None:
    plan = routed(manifest(agent("echo", "say"))).plan_by_rules(request("asdf qwer"))

    assert agents_of(plan) == ["echo"]


def test_another_language_stays_one_piece_with_a_finding() -> None:
    plan = planning().plan_by_rules(
        request("Bitte testen Sie die Anwendung und schreiben Sie die Dokumentation")
    )

    assert len(plan.subtasks) == 1
    assert [finding.code for finding in plan.findings if finding.code == "language"]


def test_changes_are_reviewed_before_they_go_to_production() -> None:
    plan = planning().plan_by_rules(
        request("Ship it", "Fix the login handler and deploy the fix to production.")
    )

    assert before(plan, "release") == {"backend", "reviewer"}
    assert before(plan, "reviewer") == {"backend"}
    assert [s.agent for s in plan.subtasks if s.implied] == ["reviewer"]


def test_no_review_is_added_where_a_test_looks_at_the_change() -> None:
    plan = planning().plan_by_rules(
        request(
            "Ship it", "Fix the login handler, write a regression test, then deploy the fix to production."
        )
    )

    assert [s.agent for s in plan.subtasks if s.implied] == []


def test_a_missing_input_is_looked_up_beside_the_rest() -> None:
    plan = planning(NOTES_MANIFEST).plan_by_rules(
        request(
            "collect the last commits of the repository, write release notes from them, "
            "check that the notes mention every commit, then publish the notes to production"
        )
    )

    assert agents_of(plan) == ["git-history", "release-notes", "notes-check", "publisher"]
    assert before(plan, "release-notes") == {"git-history", "clock"}
    assert before(plan, "notes-check") == {"git-history", "release-notes"}
    assert before(plan, "publisher") == {"release-notes", "notes-check"}
    assert [s.agent for s in plan.subtasks if s.gated] == ["publisher"]


def test_numbers_go_on_from_what_the_task_has_used() -> None:
    plan = planning().plan_by_rules(
        request("Write a guide and write a runbook"), revision=2, numbers={"docs": 4}
    )

    assert [s.subtask_id for s in plan.subtasks] == ["docs::t-1::5", "docs::t-1::6"]


def test_work_that_nobody_offers_is_planned_and_said() -> None:
    plan = planning(NOTES_MANIFEST).plan_by_rules(request("Paint the garage"))

    assert plan.subtasks[0].agent is None
    assert plan.subtasks[0].subtask_id == "unassigned::t-1::1"
    assert [f.code for f in plan.findings] == ["unassigned"]


async def test_planning_may_be_awaited() -> None:
    plan = await planning().plan(request("Write a guide"))

    assert plan.planner == "rules"


def test_every_edge_says_why() -> None:
    plan = planning().plan_by_rules(
        request("Build an endpoint, a form and tests. Then deploy it to staging.")
    )

    assert all(edge.reason for subtask in plan.subtasks for edge in subtask.depends_on)


def test_every_requirement_has_one_mark_in_the_coverage_matrix() -> None:
    covered = matrix(planning().plan_by_rules(request("Write a guide and add an alert")))

    assert [r.text for r in covered.requirements] == ["Write a guide", "add an alert"]
    assert covered.cells == ((True, False), (False, True))
    assert covered.exact
