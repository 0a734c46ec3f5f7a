"""The table of what will run."""

import pytest

from domain.agent import A2aEndpoint, Endpoint, HttpEndpoint, LlmEndpoint, ProcessEndpoint
from domain.plan import Edge
from notifiers.sheet import SHOWN, sheet
from tests.kit.plans import gated, node, plan, plan_of, subtask


def test_steps_are_numbered_as_the_plan_has_them_and_say_what_comes_before_and_why() -> None:
    made = sheet(plan("t", {"a": "", "b": "a", "c": "a b"}))
    assert [(step.number, step.title, step.after) for step in made.steps] == [
        (1, "do a", ()),
        (2, "do b", ("1: b after a",)),
        (3, "do c", ("1: c after a", "2: c after b")),
    ]
    assert (made.total, made.gated) == (3, 0)


def test_what_waits_for_people_is_marked() -> None:
    made = sheet(gated(plan("t", {"a": "", "b": "a"}), "b"), gated=[node("t", "b")])
    assert [step.gated for step in made.steps] == [False, True]
    assert made.gated == 1


def test_no_gated_step_of_a_long_plan_is_left_out_for_another() -> None:
    long = plan("t", {f"s{n}": "" for n in range(10_000)})
    made = sheet(gated(long, "s9998", "s9999"))
    assert len(made.steps) == SHOWN
    assert [step.number for step in made.steps] == [*range(1, SHOWN - 1), 9_999, 10_000]
    assert (made.total, made.gated) == (10_000, 2)


def test_a_gated_id_that_the_plan_does_not_have_counts_for_nothing() -> None:
    assert sheet(plan("t", {"a": ""}), gated=[node("other", "x")]).gated == 0


@pytest.mark.parametrize(
    ("endpoint", "door"),
    [
        (None, "none"),
        (LlmEndpoint(kind="llm"), "model"),
        (LlmEndpoint(kind="llm", model="m"), "model m"),
        (A2aEndpoint(kind="a2a", url="https://a.example"), "A2A agent"),
        (HttpEndpoint(kind="http", url="https://a.example"), "HTTP agent"),
        (ProcessEndpoint(kind="process", command="make"), "process make"),
    ],
)
def test_every_door_has_a_name(endpoint: Endpoint | None, door: str) -> None:
    one = subtask("t", "a").model_copy(update={"endpoint": endpoint, "agent": None})
    made = sheet(plan_of("t", one))
    assert (made.steps[0].tool, made.steps[0].agent) == (door, "nobody yet")


def test_a_long_reason_is_cut() -> None:
    edge = Edge(on=node("t", "a"), kind="data", reason="because " * 40)
    made = sheet(
        plan_of("t", subtask("t", "a"), subtask("t", "b").model_copy(update={"depends_on": (edge,)}))
    )
    assert made.steps[1].after[0].endswith("…")
    assert len(made.steps[1].after[0]) < 70


def test_what_runs_first_stands_first_wherever_the_plan_has_it() -> None:
    """Work that nobody asked for is added behind, and is done before what needs it."""
    steps = sheet(plan("t", {"write": "look-up", "publish": "write", "look-up": ""})).steps
    assert [step.subtask_id for step in steps] == [
        node("t", name) for name in ("look-up", "write", "publish")
    ]
    assert [step.number for step in steps] == [1, 2, 3]
    assert steps[1].after[0].startswith("1: ")
