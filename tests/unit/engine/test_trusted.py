"""What is built without checking is equal to what checking would have built."""

import json
from datetime import UTC, datetime

from agent.engine.brief import Left, assignment
from agent.engine.reading import runnable
from agent.store.at_once import AtOnce, data
from agent.store.layout import Layout
from agent.store.step import End, Start, Step, Turn
from approvals.seal import seal
from domain.base import Value
from domain.brief import Assignment, Brief
from domain.event import ENVELOPE
from domain.facts.subtask import SubtaskCompleted, SubtaskStarted
from domain.ids import SubtaskId
from domain.plan import Subtask
from domain.request import Request
from tests.kit.plans import node, plan, subtask

NODE = SubtaskId("worker::t::a")


def checked(value: Value) -> Value:
    return type(value).model_validate_json(value.model_dump_json())


def test_a_sealed_subtask_is_read_as_checking_would_read_it() -> None:
    for sealed in seal(plan("t", {"a": "", "b": "a"}, produces=("x",), consumes=("y",))).subtasks:
        whole = Subtask.model_validate_json(sealed.text)
        assert runnable(sealed.text) == whole.model_copy(update={"clauses": (), "routing": None})


def test_an_assignment_is_what_checking_would_make_of_it() -> None:
    made = assignment(
        subtask("t", "b", "a"),
        Request(task_id="t", title="x"),
        {node("t", "a"): Left(("n",), {"n": [1, {"deep": None}]})},
        attempt=1,
        key="k",
        constraints=("c",),
    )
    assert checked(made) == made
    assert set(made.__dict__) == set(Assignment.model_fields)
    assert set(made.brief.__dict__) == set(Brief.model_fields)


def test_facts_that_are_written_at_once_read_as_they_always_did() -> None:
    start = Start(
        NODE, "pending", 0, 1, agent="worker", key="k", timeout_s=1.0, digest="0" * 64, limited=False
    )
    end = End(NODE, 1, agent="worker", attempt_state="completed", state="completed", outputs={"a": 1.5})
    done = Turn(status="completed", kind="task_completed", reason="\u2028", release=True)
    facts = AtOnce([Step("t", 1, 1, 1, None, starts=(start,), ends=(end,), turn=done)]).facts
    assert [fact.kind for fact in facts] == ["subtask_completed", "task_completed", "subtask_started"]
    for fact in facts:
        assert json.loads(data(fact)) == fact.model_dump(mode="json", exclude=set(ENVELOPE))


def test_facts_are_what_checking_would_make_of_them() -> None:
    start = Start(
        NODE, "pending", 0, 1, agent="worker", key="k", timeout_s=1.0, digest="0" * 64, limited=False
    )
    end = End(NODE, 1, agent="worker", attempt_state="completed", state="completed", outputs={"a": 1.5})
    layout = Layout({})
    layout.add(Step("t", 1, 1, 1, datetime.now(UTC), starts=(start,)))
    layout.add(Step("t", 1, 1, 1, None, ends=(end,)))
    completed, started = layout.facts
    assert [checked(fact) for fact in layout.facts] == [completed, started]
    assert set(started.__dict__) == set(SubtaskStarted.model_fields)
    assert set(completed.__dict__) == set(SubtaskCompleted.model_fields)
