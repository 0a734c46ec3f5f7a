import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.given import GivenPlan, Submission
from domain.piecewise import read_plan, read_submission

NODE = {"id": "a", "objective": "Read a part", "depends_on": [{"on": "b", "reason": "it needs “b”"}]}
SENT: dict[str, Any] = {
    "task_id": "t1",
    "title": "own",
    "plan": {"subtasks": [NODE, {"id": "b", "objective": "Read another"}], "constraints": ["by noon"]},
}


@pytest.mark.parametrize("indent", [None, 1])
def test_a_submission_read_in_pieces_is_the_one_that_was_sent(indent: int | None) -> None:
    read = read_submission(json.dumps(SENT, indent=indent).encode())
    assert Submission.model_validate(read) == Submission.model_validate(SENT)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["plan", "subtasks"]), inner),
    max_leaves=6,
)


@settings(max_examples=40)
@given(ANY)
def test_any_other_json_is_read_as_it_is(value: Any) -> None:
    try:
        assert read_submission(json.dumps(value).encode()) == value
    except ValidationError:
        assert value["plan"]["subtasks"]


@pytest.mark.parametrize("cut", [1, 8, 20, 40, 60, 90, 130, -1])
def test_a_body_that_breaks_off_is_no_json(cut: int) -> None:
    with pytest.raises(json.JSONDecodeError):
        read_submission(json.dumps(SENT).encode()[:cut])


@pytest.mark.parametrize(
    "wrong", ["{} {}", '{"a" 1}', '{"plan": {"subtasks": [1 2]}}', '{"plan": {1: 2}}', "[1,]"]
)
def test_what_is_no_json_says_where(wrong: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        read_submission(wrong.encode())


def test_a_subtask_that_is_none_is_named_by_its_place_beside_the_other_mistakes() -> None:
    sent = {**SENT, "title": "", "plan": {"subtasks": [NODE, {"id": "b"}, {"id": 1, "objective": "x"}]}}
    with pytest.raises(ValidationError) as told:
        read_submission(json.dumps(sent).encode())
    with pytest.raises(ValidationError) as whole:
        Submission.model_validate(sent)
    assert [(e["loc"], e["msg"]) for e in told.value.errors()] == [
        (e["loc"], e["msg"]) for e in whole.value.errors()
    ]


def test_a_plan_is_written_as_it_is_read() -> None:
    plan = GivenPlan.model_validate(SENT["plan"])
    assert plan.text() == plan.model_dump_json()
    assert read_plan(plan.text()) == plan
