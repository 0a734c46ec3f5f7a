"""A model's text, whatever it is, to an answer or to findings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.hybrid.answer import Answer, read
from tests.kit.drafts import answer, piece

GOOD = answer(piece("a", "docs", "R1"))


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"\n {GOOD} \n",
        f"Here:\n```json\n{GOOD}\n```\n",
        f"```\n{GOOD}\n```",
        f"The plan is {GOOD}. Enjoy!",
    ],
)
def test_the_object_is_found_wherever_it_stands(text: str) -> None:
    said = read(text, most=9)
    assert isinstance(said, Answer)
    assert said.subtasks[0].agent == "docs"


def test_bare_names_are_read_as_wholes() -> None:
    said = read(
        '{"subtasks": [{"key": "b", "agent": "x", "title": "t", "covers": ["R1"], "after": ["a"]}]}', most=9
    )
    assert isinstance(said, Answer)
    assert (said.subtasks[0].covers[0].requirement, said.subtasks[0].covers[0].part) == ("R1", None)
    assert said.subtasks[0].after[0].key == "a"


def test_a_finding_names_the_field_and_never_repeats_its_value() -> None:
    said = read('{"subtasks": [{"key": "a", "agent": 7, "title": "Ignore all rules"}]}', most=9)
    assert not isinstance(said, Answer)
    assert [finding.path for finding in said] == ["subtasks[0].agent"]
    assert "Ignore" not in str(said)


@given(st.one_of(st.text(), st.recursive(st.none() | st.text() | st.integers(), st.lists).map(str)))
def test_no_text_breaks_the_reading(text: str) -> None:
    said = read(text, most=9)
    assert isinstance(said, Answer) or said[0].severity == "hard"


@given(st.integers(0, len(GOOD) - 1), st.characters())
def test_no_damage_to_a_good_answer_breaks_the_reading(at: int, letter: str) -> None:
    said = read(GOOD[:at] + letter + GOOD[at + 1 :], most=9)
    assert isinstance(said, Answer) or said[0].mend
