"""Repairs: what code can mend is mended, and nothing else is touched."""

from domain.plan import Edge, Subtask
from planner.check import check, hard
from planner.implied import House
from planner.repair import repair
from planner.rules.capability import Capabilities
from planner.subtasks import Numbers
from tests.kit.planning import NOTES_MANIFEST, SharedWords, planning, request

ASKED = request(
    "collect the last commits of the repository, write release notes from them, "
    "check that the notes mention every commit, then publish the notes to production"
)
PLAN = planning(NOTES_MANIFEST).plan_by_rules(ASKED)


def house() -> House:
    taken = [s.subtask_id for s in PLAN.subtasks]
    return House(
        NOTES_MANIFEST, SharedWords(NOTES_MANIFEST), Capabilities(NOTES_MANIFEST), Numbers("t-1", taken=taken)
    )


def mended(subtasks: tuple[Subtask, ...]) -> tuple[Subtask, ...]:
    out = repair(subtasks, PLAN.requirements, house())
    assert (
        hard(check(out, PLAN.requirements, NOTES_MANIFEST, capabilities=Capabilities(NOTES_MANIFEST))) == ()
    )
    return out


def changed(agent: str, **update: object) -> tuple[Subtask, ...]:
    return tuple(s.model_copy(update=update) if s.agent == agent else s for s in PLAN.subtasks)


def test_a_good_plan_is_left_alone() -> None:
    assert repair(PLAN.subtasks, PLAN.requirements, house()) == PLAN.subtasks


def test_a_dropped_subtask_is_made_again() -> None:
    out = mended(tuple(s for s in PLAN.subtasks if s.agent != "notes-check"))

    assert "notes-check" in {s.agent for s in out}


def test_a_lost_input_is_wired_up_again() -> None:
    out = mended(changed("release-notes", depends_on=()))
    by_id = {s.subtask_id: s.agent for s in out}
    notes = next(s for s in out if s.agent == "release-notes")

    assert {by_id[e.on] for e in notes.depends_on} == {"git-history", "clock"}


def test_a_circle_is_cut_where_its_reason_is_weakest() -> None:
    last = next(s.subtask_id for s in PLAN.subtasks if s.agent == "publisher")
    out = mended(changed("git-history", depends_on=(Edge(on=last, kind="phase", reason="?"),)))

    assert next(s for s in out if s.agent == "git-history").depends_on == ()


def test_a_stranger_gives_way_to_an_agent_of_the_manifest() -> None:
    strange = tuple(
        s.model_copy(update={"agent": "stranger"}) if s.agent == "publisher" else s for s in PLAN.subtasks
    )
    out = mended(strange)

    assert "publisher" in {s.agent for s in out}


def test_a_doubled_subtask_goes() -> None:
    assert len(mended((*PLAN.subtasks, PLAN.subtasks[0]))) == len(PLAN.subtasks)


def test_a_lost_door_is_copied_again() -> None:
    out = mended(changed("publisher", endpoint=None))

    assert all(s.endpoint is not None for s in out)
