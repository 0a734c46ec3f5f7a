"""Who covers what in a model's answer."""

from domain.ids import RequirementId
from domain.plan import Requirement
from planner.hybrid.answer import Answer, read
from planner.hybrid.division import Division, divided
from tests.kit.drafts import answer, piece

ASKED = [
    Requirement(id=RequirementId("R1"), text="all of it"),
    Requirement(id=RequirementId("R2"), text="more"),
]


def division(*covers: tuple[str, ...]) -> Division:
    said = read(answer(*(piece(f"s{n}", "a", *held) for n, held in enumerate(covers))), most=9)
    assert isinstance(said, Answer)
    return divided(said.subtasks, ASKED)


def test_parts_that_differ_divide_a_requirement() -> None:
    found = division(("R1: the front", "R2"), ("R1: the back",))
    assert [(r.id, r.text) for r in found.requirements] == [
        ("R1.1", "the front"),
        ("R1.2", "the back"),
        ("R2", "more"),
    ]
    assert found.covers == (("R1.1", "R2"), ("R1.2",))
    assert {part: found.origin(part) for part in found.whole} == {"R1.1": "R1", "R1.2": "R1"}


def test_one_holder_has_the_whole_whatever_it_calls_it() -> None:
    found = division(("R1: just a bit",), ("R2",))
    assert [r.id for r in found.requirements] == ["R1", "R2"]
    assert found.covers == (("R1",), ("R2",))


def test_the_same_part_twice_is_an_overlap_and_no_division() -> None:
    assert division(("R1: The  front",), ("R1: the front",), ("R2",)).covers[:2] == (("R1",), ("R1",))


def test_a_whole_beside_a_part_is_an_overlap_and_no_division() -> None:
    assert division(("R1",), ("R1: the back",), ("R2",)).covers[:2] == (("R1",), ("R1",))


def test_one_subtask_may_hold_two_parts() -> None:
    found = division(("R1: a", "R1: b"), ("R1: c",), ("R2",))
    assert found.covers == (("R1.1", "R1.2"), ("R1.3",), ("R2",))


def test_what_was_not_asked_for_stays_to_be_found() -> None:
    assert division(("R1",), ("R2", "R7")).covers == (("R1",), ("R2", "R7"))
