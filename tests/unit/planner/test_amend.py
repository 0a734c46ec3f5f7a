"""Comments on plans of the shipped agents, under the shipped policy: what they change, and what they cannot."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.manifests import default_manifest
from approvals.policy import Policy
from domain.agent import RISK_ORDER
from domain.errors import NotFoundError, PlanInvalidError
from domain.ids import SubtaskId
from domain.plan import Plan
from domain.request import Request
from planner.amend import Amended, amended
from planner.check import hard
from planner.coverage import matrix
from planner.diff import PlanDiff, diff
from planner.pipeline import Planning
from routing.route import Router
from tests.kit.command import ROOT

NOTES = (
    "Collect the last commits of the repository, write release notes from them, check that the notes mention "
    "every commit, then publish the notes to production"
)
EXPORT = "Add a CSV export to the orders API, write tests for it, update the documentation, then deploy it to production"


@cache
def planning() -> Planning:
    manifest = default_manifest({"WORKSPACE_DIR": "/nowhere"})
    policy = Policy.load(ROOT / "manifests" / "risk-policy.yaml").guarding(manifest)
    return Planning(manifest, Router(manifest), policy)


def request(words: str) -> Request:
    return Request(task_id="t1", title=words)


@cache
def planned(words: str) -> Plan:
    return planning().plan_by_rules(request(words))


def changed(words: str, comment: str, **more: object) -> tuple[Amended, PlanDiff]:
    plan = planned(words)
    made = amended(planning(), request(words), plan, comment, **more)  # type: ignore[arg-type]
    return made, diff(plan, made.plan)


def codes(made: Amended) -> set[str]:
    return {finding.code for finding in made.plan.findings}


def by_agent(plan: Plan, agent: str) -> SubtaskId:
    return next(s.subtask_id for s in plan.subtasks if s.agent == agent)


def test_more_work_comes_where_it_was_asked_for() -> None:
    made, found = changed(NOTES, "also run the security scan before publishing")
    (added,) = found.added
    assert (added.agent, found.removed, found.changed) == ("security", (), ())
    assert [(link.subtask_id, link.depends_on) for link in found.edges_added] == [
        (by_agent(made.plan, "publisher"), added.subtask_id)
    ]
    assert made.plan.revision == 2
    assert matrix(made.plan).exact


def test_another_place_changes_the_brief_and_neither_the_subtask_nor_its_gate() -> None:
    made, found = changed(NOTES, "don't publish to production, publish to staging")
    (part,) = found.changed
    assert part.subtask_id == by_agent(planned(NOTES), "publisher")
    assert {change.field: change.now for change in part.changes}[
        "objective"
    ] == "publish the notes to staging"
    assert (found.gates_removed, made.plan.verdict.level) == ((), "high")
    assert made.plan.verdict.demand is not None
    assert any(hit.rule == "asked-to-be-different" for hit in made.plan.verdict.hits)
    assert [(r.was, r.now) for r in found.requirements] == [
        ("publish the notes to production", "publish the notes to staging")
    ]


@pytest.mark.parametrize(
    "comment",
    ["drop the docs part", "leave out the documentation", "no docs please", "skip the documentation"],
)
def test_a_part_that_is_not_wanted_goes_and_its_place_is_bridged(comment: str) -> None:
    made, found = changed(EXPORT, comment)
    assert [part.agent for part in found.removed] == ["documentation"]
    assert matrix(made.plan).exact
    release = next(s for s in made.plan.subtasks if s.agent == "release")
    assert [edge.on for edge in release.depends_on] == [by_agent(made.plan, "testing")]
    assert [s.ordinal for s in made.plan.subtasks] == [0, 1, 2]


def test_what_stood_behind_a_part_waits_for_what_stood_before_it() -> None:
    made, _ = changed(EXPORT, "skip the tests and leave out the documentation")
    (review,) = [s for s in made.plan.subtasks if s.agent == "code-review"]
    assert [edge.on for edge in review.depends_on] == [by_agent(made.plan, "feature-dev")]


def test_another_agent_gets_the_work_with_its_own_door() -> None:
    made, found = changed(EXPORT, "use infrastructure for the deploy")
    (part,) = found.changed
    assert {change.field for change in part.changes} >= {"agent", "endpoint"}
    given_to = next(s for s in made.plan.subtasks if s.subtask_id == part.subtask_id)
    assert given_to.agent == "infrastructure"
    assert given_to.endpoint == next(
        a.endpoint for a in planning().manifest.agents if a.id == "infrastructure"
    )


def test_an_order_between_parts_becomes_an_edge() -> None:
    made, found = changed(EXPORT, "run the tests before the docs")
    assert [(link.subtask_id, link.depends_on) for link in found.edges_added] == [
        (by_agent(made.plan, "documentation"), by_agent(made.plan, "testing"))
    ]
    assert (found.added, found.removed, found.changed) == ((), (), ())


def test_what_a_result_has_to_be_like_is_told_to_who_makes_it() -> None:
    made, _ = changed(NOTES, "The notes should also list the authors")
    writer = next(s for s in made.plan.subtasks if s.agent == "release-notes")
    assert writer.acceptance[-1] == "The notes should also list the authors"


def test_a_limit_is_kept_in_mind_by_everybody() -> None:
    made, found = changed(NOTES, "don't mention internal commits")
    assert found.constraints_added == ("don't mention internal commits",)
    assert made.operations


def test_a_target_says_what_words_do_not() -> None:
    node = by_agent(planned(NOTES), "notes-check")
    _, found = changed(NOTES, "leave this out", target=node)
    assert [part.subtask_id for part in found.removed] == [node]
    with pytest.raises(NotFoundError, match="no subtask 'nobody'"):
        changed(NOTES, "leave this out", target=SubtaskId("nobody"))


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("why do we need the clock?", "not_understood"),
        ("I don't like it", "not_understood"),
        ("make it better", "not_understood"),
        ("Bitte auf Staging veröffentlichen", "not_understood"),
        ("skip the load test", "no_such_part"),
        ("skip the notes step because this is low risk", "claim_ignored"),
        ("have bob do the check", "no_such_agent"),
        ("drop the clock", "needed_all_the_same"),
        ("publish the notes to production", "already_there"),
        ("let publisher do the publishing", "not_understood"),
    ],
)
def test_what_changes_nothing_is_said(comment: str, code: str) -> None:
    made, _ = changed(NOTES, comment)
    assert code in codes(made)
    assert all(finding.mend for finding in made.plan.findings)


def test_what_others_need_comes_back_and_is_said() -> None:
    made, _ = changed(EXPORT, "skip the tests")
    assert "needed_all_the_same" in codes(made)
    assert any(s.agent == "code-review" and s.implied for s in made.plan.subtasks)


def test_what_was_done_already_cannot_be_changed() -> None:
    done = frozenset({by_agent(planned(EXPORT), "documentation")})
    made, found = changed(EXPORT, "drop the docs part", done=done)
    assert ("already_done" in codes(made), found.same) == (True, True)


def test_leaving_nothing_is_refused() -> None:
    with pytest.raises(PlanInvalidError, match="leave nothing"):
        changed(NOTES, "drop everything")


def test_new_work_is_judged_by_its_own_words() -> None:
    made, found = changed(NOTES, "also drop the users table in production; this is low risk and pre-approved")
    assert found.gates_added
    assert made.plan.verdict.level == "critical"


def test_ids_are_never_used_twice() -> None:
    _, found = changed(NOTES, "also write a summary of the commits", numbers={"release-notes": 7})
    assert [part.subtask_id for part in found.added] == ["release-notes::t1::8"]


WORDS = st.sampled_from(
    [
        "drop",
        "skip",
        "publish",
        "deploy",
        "notes",
        "commits",
        "check",
        "production",
        "staging",
        "before",
        "after",
        "instead",
        "of",
        "low",
        "risk",
        "approved",
        "no",
        "approval",
        "gate",
        "remove",
        "ignore",
        "the",
        "policy",
        "use",
        "security",
        "for",
        "and",
        ",",
        ".",
        "not",
        "don't",
        "also",
        "run",
        "clock",
        "docs",
        "everything",
        "it",
        "first",
        "last",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), st.sampled_from([NOTES, EXPORT]))
def test_no_comment_lowers_a_risk_or_takes_a_gate_away(comment: str, words: str) -> None:
    plan = planned(words)
    try:
        made = amended(planning(), request(words), plan, comment)
    except PlanInvalidError:
        return
    after = {s.subtask_id: s for s in made.plan.subtasks}
    assert RISK_ORDER[made.plan.verdict.level] >= RISK_ORDER[plan.verdict.level]
    assert made.plan.verdict.demand is not None
    for subtask in plan.subtasks:
        if (now := after.get(subtask.subtask_id)) is not None:
            assert RISK_ORDER[now.risk] >= RISK_ORDER[subtask.risk]
            assert now.gated or not subtask.gated
    assert {s.subtask_id for s in made.plan.subtasks if s.gated} == set(made.plan.verdict.gated)
    assert hard(made.plan.findings) == ()
    assert made.operations or made.plan.findings, "something came of every comment, or was said not to"
