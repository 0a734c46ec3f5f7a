"""Findings: a good plan has none, a damaged one has the right one."""

from domain.agent import Agent
from domain.plan import Edge, Plan, Subtask
from domain.verdict import Judgement
from planner.check import check, hard
from planner.rules.capability import Capabilities
from tests.kit.planning import NOTES_MANIFEST, GatesProduction, planning, request

ASKED = request(
    "collect the last commits of the repository, write release notes from them, "
    "check that the notes mention every commit, then publish the notes to production"
)


def good() -> Plan:
    return planning(NOTES_MANIFEST).plan_by_rules(ASKED)


def codes(plan: Plan, subtasks: tuple[Subtask, ...]) -> set[str]:
    judgement: Judgement = GatesProduction().judge(ASKED, subtasks)
    return {
        f.code
        for f in hard(
            check(
                subtasks,
                plan.requirements,
                NOTES_MANIFEST,
                judgement,
                capabilities=Capabilities(NOTES_MANIFEST),
            )
        )
    }


def changed(plan: Plan, agent: str, **update: object) -> tuple[Subtask, ...]:
    return tuple(s.model_copy(update=update) if s.agent == agent else s for s in plan.subtasks)


def test_a_good_plan_is_not_accused() -> None:
    plan = good()

    assert codes(plan, plan.subtasks) == set()


def test_a_dropped_subtask_leaves_a_hole() -> None:
    plan = good()

    assert "hole" in codes(plan, tuple(s for s in plan.subtasks if s.agent != "notes-check"))


def test_a_lost_edge_leaves_an_input_missing() -> None:
    plan = good()

    assert codes(plan, changed(plan, "release-notes", depends_on=())) == {"missing_prerequisite", "orphan"}


def test_an_opened_gate_is_seen() -> None:
    plan = good()

    assert codes(plan, changed(plan, "publisher", gated=False)) == {"missing_gate"}


def test_a_circle_is_seen_and_named() -> None:
    plan = good()
    last = next(s.subtask_id for s in plan.subtasks if s.agent == "publisher")
    subtasks = changed(plan, "git-history", depends_on=(Edge(on=last, kind="given", reason="?"),))
    (finding,) = check(subtasks, plan.requirements, NOTES_MANIFEST)

    assert finding.code == "circle"
    assert "publisher" in finding.message


def test_an_agent_that_left_the_manifest_is_unknown() -> None:
    plan = good()
    agents: tuple[Agent, ...] = tuple(a for a in NOTES_MANIFEST.agents if a.id != "clock")
    without = NOTES_MANIFEST.model_copy(update={"agents": agents})

    assert "unknown_agent" in {f.code for f in check(plan.subtasks, plan.requirements, without)}
