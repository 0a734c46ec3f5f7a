"""The validator is kept honest: every class of damage to a good plan is seen, and no good plan is accused."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from domain.agent import Manifest
from domain.plan import Edge, Plan, Requirement, Subtask
from domain.request import Request
from planner.check import check, hard
from planner.pipeline import Planning
from planner.repair import gated
from planner.rules.capability import Capabilities
from planner.suites import read_suite
from tests.kit.planning import (
    NOTES_MANIFEST,
    SOFTWARE_MANIFEST,
    GatesProduction,
    SharedWords,
    request,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "requests.jsonl"
NOTES = (
    "collect the last commits of the repository, write release notes from them, "
    "check that the notes mention every commit, then publish the notes to production"
)
SOFTWARE_ABLE, NOTES_ABLE = Capabilities(SOFTWARE_MANIFEST), Capabilities(NOTES_MANIFEST)
SHIPPED = "Fix the login handler and deploy the fix to production."

Subtasks = tuple[Subtask, ...]
Damage = Callable[[Plan], Iterator[Subtasks]]
"""Every way to do one class of damage to a plan; nothing where the plan has nothing to damage so."""


@cache
def good_plans() -> tuple[tuple[Manifest, Request, Plan], ...]:
    software = Planning(SOFTWARE_MANIFEST, SharedWords(SOFTWARE_MANIFEST), GatesProduction())
    notes = Planning(NOTES_MANIFEST, SharedWords(NOTES_MANIFEST), GatesProduction())
    golden = [case.request for case in read_suite(GOLDEN.read_text("utf-8"), split="dev")]
    planned = [
        (SOFTWARE_MANIFEST, asked, software.plan_by_rules(asked)) for asked in (*golden, request(SHIPPED))
    ]
    return (*planned, (NOTES_MANIFEST, request(NOTES), notes.plan_by_rules(request(NOTES))))


def codes(manifest: Manifest, asked: Request, plan: Plan, subtasks: Subtasks) -> set[str]:
    judgement = GatesProduction().judge(asked, subtasks)
    able = NOTES_ABLE if manifest is NOTES_MANIFEST else SOFTWARE_ABLE
    found = check(subtasks, plan.requirements, manifest, judgement, capabilities=able)
    return {finding.code for finding in hard(found)}


def each(plan: Plan, change: Callable[[Subtask], Subtask | None]) -> Iterator[Subtasks]:
    """The plan with one subtask changed, for every subtask that can be."""
    for number, subtask in enumerate(plan.subtasks):
        changed = change(subtask)
        if changed is not None:
            yield (*plan.subtasks[:number], changed, *plan.subtasks[number + 1 :])


def update(subtask: Subtask, **fields: object) -> Subtask:
    return subtask.model_copy(update=fields)


def dropped(plan: Plan) -> Iterator[Subtasks]:
    for number, subtask in enumerate(plan.subtasks):
        needed = any(edge.on == subtask.subtask_id for s in plan.subtasks for edge in s.depends_on)
        if not subtask.implied or needed:
            yield (*plan.subtasks[:number], *plan.subtasks[number + 1 :])


def duplicated(plan: Plan) -> Iterator[Subtasks]:
    for subtask in plan.subtasks:
        yield (*plan.subtasks, subtask)


def done_twice(plan: Plan) -> Iterator[Subtasks]:
    for subtask in plan.subtasks:
        if not subtask.implied:
            yield (*plan.subtasks, update(subtask, subtask_id=f"{subtask.subtask_id}0"))


def reversed_edge(plan: Plan) -> Iterator[Subtasks]:
    for second in plan.subtasks:
        for edge in second.depends_on:
            back = edge.model_copy(update={"on": second.subtask_id})
            yield tuple(
                update(s, depends_on=tuple(e for e in s.depends_on if e is not edge))
                if s is second
                else update(s, depends_on=(*s.depends_on, back))
                if s.subtask_id == edge.on
                else s
                for s in plan.subtasks
            )


def circled(plan: Plan) -> Iterator[Subtasks]:
    for second in plan.subtasks:
        for edge in second.depends_on:
            back = Edge(on=second.subtask_id, kind="given", reason="?")
            yield tuple(
                update(s, depends_on=(*s.depends_on, back)) if s.subtask_id == edge.on else s
                for s in plan.subtasks
            )


def waiting_for_itself(plan: Plan) -> Iterator[Subtasks]:
    yield from each(
        plan,
        lambda s: update(s, depends_on=(*s.depends_on, Edge(on=s.subtask_id, kind="given", reason="?"))),
    )


def renamed(plan: Plan) -> Iterator[Subtasks]:
    """A subtask under another id, while others still wait for the old one."""
    waited = {edge.on for s in plan.subtasks for edge in s.depends_on}
    yield from each(
        plan, lambda s: update(s, subtask_id=f"other::{s.ordinal}") if s.subtask_id in waited else None
    )


def given_to_a_stranger(plan: Plan) -> Iterator[Subtasks]:
    yield from each(plan, lambda s: update(s, agent="stranger"))


def given_to_the_unfit(plan: Plan) -> Iterator[Subtasks]:
    yield from each(
        plan, lambda s: update(s, required_tags=(*s.required_tags, "juggling")) if s.agent else None
    )


def without_a_door(plan: Plan) -> Iterator[Subtasks]:
    yield from each(plan, lambda s: update(s, endpoint=None) if s.agent else None)


def ungated(plan: Plan) -> Iterator[Subtasks]:
    yield from each(plan, lambda s: update(s, gated=False) if s.gated else None)


def belittled(plan: Plan) -> Iterator[Subtasks]:
    yield from each(plan, lambda s: update(s, risk="low") if s.risk != "low" else None)


def overlapping(plan: Plan) -> Iterator[Subtasks]:
    if len(plan.requirements) > 1:
        first, last = plan.requirements[0].id, plan.requirements[-1].id
        yield from each(
            plan,
            lambda s: (
                update(s, covers=(*s.covers, last if first in s.covers else first)) if s.covers else None
            ),
        )


def forgetting(plan: Plan) -> Iterator[Subtasks]:
    """A requirement that its subtask no longer covers."""
    yield from each(plan, lambda s: update(s, covers=s.covers[1:]) if s.covers else None)


def covering_what_nobody_asked(plan: Plan) -> Iterator[Subtasks]:
    yield from each(plan, lambda s: update(s, covers=(*s.covers, "R999")))


def idle(plan: Plan) -> Iterator[Subtasks]:
    yield from each(plan, lambda s: update(s, implied=False) if s.implied else None)


def orphaned(plan: Plan) -> Iterator[Subtasks]:
    """Implied work that nobody waits for any more, and that waits for nobody."""
    for implied in plan.subtasks:
        if implied.implied:
            yield tuple(
                update(s, depends_on=())
                if s is implied
                else update(s, depends_on=tuple(e for e in s.depends_on if e.on != implied.subtask_id))
                for s in plan.subtasks
            )


def without_a_prerequisite(plan: Plan) -> Iterator[Subtasks]:
    """An input that nothing before hands over."""
    for subtask in plan.subtasks:
        if any(edge.kind == "data" for edge in subtask.depends_on):
            yield tuple(update(s, depends_on=()) if s is subtask else s for s in plan.subtasks)


def unreviewed(plan: Plan) -> Iterator[Subtasks]:
    """A production step that no longer waits for its review but still ships the change."""
    reviews = {s.subtask_id: s for s in plan.subtasks if s.implied and s.agent == "reviewer"}
    for step in plan.subtasks:
        for edge in step.depends_on:
            if edge.on in reviews:
                past = reviews[edge.on].depends_on
                yield tuple(update(s, depends_on=past) if s is step else s for s in plan.subtasks)


def speechless(plan: Plan) -> Iterator[Subtasks]:
    yield from each(plan, lambda s: update(s, objective="  "))


def pointing_nowhere(plan: Plan) -> Iterator[Subtasks]:
    yield from each(
        plan,
        lambda s: update(s, depends_on=(*s.depends_on, Edge(on="gone::t::1", kind="given", reason="?"))),
    )


def waiting_twice(plan: Plan) -> Iterator[Subtasks]:
    yield from each(plan, lambda s: update(s, depends_on=s.depends_on * 2) if s.depends_on else None)


DAMAGES: tuple[Damage, ...] = (
    dropped, duplicated, done_twice, reversed_edge, circled, waiting_for_itself, renamed, given_to_a_stranger,
    given_to_the_unfit, without_a_door, ungated, belittled, overlapping, forgetting, covering_what_nobody_asked,
    idle, orphaned, without_a_prerequisite, unreviewed, speechless, pointing_nowhere, waiting_twice,
)  # fmt: skip


def test_no_good_plan_is_accused() -> None:
    accused = {
        plan.task_id: found
        for manifest, asked, plan in good_plans()
        if (found := codes(manifest, asked, plan, plan.subtasks))
    }

    assert accused == {}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_every_damage_of_this_class_is_seen(damage: Damage) -> None:
    done = [
        (plan.task_id, damaged, codes(manifest, asked, plan, damaged))
        for manifest, asked, plan in good_plans()
        for damaged in damage(plan)
    ]
    unseen = [
        (task, [(s.agent, s.title, s.depends_on) for s in damaged])
        for task, damaged, found in done
        if not found
    ]

    assert done, "no plan could be damaged so; the test proves nothing"
    assert unseen == []


def test_more_than_ten_thousand_subtasks_are_too_many() -> None:
    manifest, asked, plan = good_plans()[-1]
    crowd = tuple(update(plan.subtasks[0], subtask_id=f"s{n}") for n in range(10_001))

    assert "size" in codes(manifest, asked, plan, crowd)


def test_gates_of_the_policy_are_taken_over_as_they_are() -> None:
    _, asked, plan = good_plans()[-1]
    open_plan = tuple(update(s, gated=False, risk="low") for s in plan.subtasks)

    assert gated(open_plan, GatesProduction().judge(asked, open_plan)) == plan.subtasks


def test_a_requirement_without_any_subtask_is_a_hole() -> None:
    manifest, asked, plan = good_plans()[-1]
    more = (*plan.requirements, Requirement(id="R77", text="sing"))
    longer = plan.model_copy(update={"requirements": more})

    assert "hole" in codes(manifest, asked, longer, plan.subtasks)
