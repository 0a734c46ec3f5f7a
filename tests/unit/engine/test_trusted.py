"""What is built without checking is equal to what checking would have built."""

import json
from datetime import UTC, datetime

import pytest
from pydantic_core import to_json

from agent.engine.brief import assignment, left
from agent.engine.reading import runnable
from agent.store import events, tasks
from agent.store.at_once import AtOnce, lines
from agent.store.layout import Layout
from agent.store.step import End, Start, Step, Turn
from approvals.seal import seal
from domain.base import Value
from domain.brief import Assignment, Brief
from domain.event import ENVELOPE, Newer
from domain.facts.subtask import SubtaskCompleted, SubtaskStarted
from domain.ids import SubtaskId
from domain.plan import Subtask
from domain.request import PRIORITIES, Request
from domain.task import Task
from domain.tool import Effect
from tests.kit.plans import node, plan, subtask

NODE = SubtaskId("worker::t::a")


def checked(value: Value) -> Value:
    return type(value).model_validate_json(value.model_dump_json())


def test_a_sealed_subtask_is_read_as_checking_would_read_it() -> None:
    for sealed in seal(plan("t", {"a": "", "b": "a"}, produces=("x",), consumes=("y",))).subtasks:
        whole, read = Subtask.model_validate_json(sealed.text), runnable(sealed.text)
        same = set(read._fields) & set(Subtask.model_fields)
        assert {name: getattr(read, name) for name in same} == {name: getattr(whole, name) for name in same}
        assert set(read._fields) - same == {"timeout_s", "edges"}
        assert read.timeout_s == whole.sla.timeout_s
        assert read.edges == {(edge.on, edge.kind, edge.reason) for edge in whole.depends_on}


@pytest.mark.parametrize(
    ("effect", "idempotent", "may"),
    [("read", False, True), ("external", True, True), ("external", False, False), (None, False, False)],
)
def test_only_what_reads_or_is_idempotent_may_simply_be_made_again(
    effect: Effect | None, idempotent: bool, may: bool
) -> None:
    read = runnable(subtask("t", "a", effect=effect, idempotent=idempotent).model_dump_json())
    assert read.repeatable is may


def test_a_text_that_was_sealed_before_there_were_tools_names_none() -> None:
    text = json.dumps(json.loads(subtask("t", "a").model_dump_json(exclude={"tools"})))
    assert runnable(text).tools == ()


def test_an_assignment_is_what_checking_would_make_of_it() -> None:
    made = assignment(
        runnable(subtask("t", "b", "a").model_dump_json()),
        Request(task_id="t", title="x"),
        {node("t", "a"): left(node("t", "a"), ("n",), {"n": [1, {"deep": None}]})},
        attempt=1,
        key="k",
        plan=plan("t", {"a": "", "b": "a"}),
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
    batch = AtOnce([Step("t", 1, 1, 1, None, starts=(start,), ends=(end,), turn=done)])
    completed, turned, started = batch.facts
    assert [fact.kind for fact in batch.facts] == ["subtask_completed", "task_completed", "subtask_started"]
    for fact, written in [
        (completed, batch.columns[6]),
        (started, batch.columns[20]),
        (turned, to_json(batch.turns[0]["fact"])),
    ]:
        assert written is not None
        assert json.loads(written) == fact.model_dump(mode="json", exclude=set(ENVELOPE))
    assert [checked(fact) for fact in (completed, started)] == [completed, started]


def test_columns_go_as_lines_and_a_line_feed_within_one_is_refused() -> None:
    assert lines([("a", None, 1.5), ("b", 2, None)], 3) == ["a\nb", "\n2", "1.5\n"]
    assert lines([], 2) == [None, None]
    with pytest.raises(ValueError, match="line feed"):
        lines([("a\nb", 1)], 2)


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


def test_a_task_and_an_event_are_read_as_checking_would_read_them() -> None:
    now = datetime.now(UTC)
    task = tasks.read(
        {
            **dict.fromkeys(Task.model_fields),
            "task_id": "t",
            "title": "x",
            "priority": 0,
            "authors": ["a"],
            "request_digest": "0" * 64,
            "status": "planned",
            "needs_review": False,
            "execute": True,
            "on_failure": "review",
            "mode": "auto",
            "checkpoints": ["worker::t::a"],
            "revision": 1,
            "version": 2,
            "epoch": 3,
            "created_at": now,
            "plan_hash": "1" * 64,
            "owner": 1,
        }
    )
    row = {"seq": 1, "at": now, "actor": "x", "kind": "task_completed", "task_id": "t", "subtask_id": None}
    event = events.read({**row, "data": {"status": "completed", "needs_review": False, "reason": None}})
    newer = events.read({**row, "data": {"status": "completed", "mood": "good"}})
    for made in (task, event, newer):
        assert checked(made) == made
        assert set(made.__dict__) == set(type(made).model_fields)
    assert (task.priority, task.authors, task.checkpoints) == (PRIORITIES[0], ("a",), (NODE,))
    assert isinstance(newer, Newer)
