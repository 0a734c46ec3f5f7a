"""A watcher reads events back as they were told, and knows when there is nothing more to wait for."""

import json
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from agent.cli.draw.event import event_line
from agent.cli.draw.live import LiveTree
from agent.cli.stream import read
from agent.cli.watched import Watched
from domain.event import Event, Fact, shown
from domain.facts.approval import ApprovalEnded, ApprovalRequired
from domain.facts.subtask import (
    SubtaskCompleted,
    SubtaskPlanned,
    SubtaskReady,
    SubtaskStarted,
    SubtaskStopped,
)
from domain.facts.task import TaskChanged, TaskPlanned, TaskSubmitted
from domain.ids import ApprovalId, SubtaskId
from domain.subtask import Failure
from domain.task import TaskStatus

TASK = "t-1"
A, B = SubtaskId("a::t-1::1"), SubtaskId("b::t-1::1")
AT = datetime(2026, 7, 1, 12, tzinfo=UTC)
HASH = "0" * 64


def watched(*facts: Fact) -> Watched:
    seen = Watched(TASK)
    for number, fact in enumerate(facts, 1):
        seen.apply(event(fact, number))
    return seen


def event(fact: Fact, number: int = 1) -> Event:
    return Event(seq=number, at=AT + timedelta(seconds=number), actor="test", fact=fact)


def submitted(*, execute: bool = True) -> TaskSubmitted:
    return TaskSubmitted(
        task_id=TASK,
        title="Tidy up",
        priority="medium",
        requester=None,
        request_digest=HASH,
        execute=execute,
        on_failure="review",
    )


def planned(status: TaskStatus) -> list[Fact]:
    return [
        TaskPlanned(
            task_id=TASK,
            revision=1,
            plan_hash=HASH,
            planner="rules",
            degraded_reason=None,
            level="high",
            status=status,
            subtasks=2,
        ),
        SubtaskPlanned(
            task_id=TASK, subtask_id=A, revision=1, title="First", agent="a", depends_on=(), state="pending"
        ),
        SubtaskPlanned(
            task_id=TASK, subtask_id=B, revision=1, title="Then", agent="b", depends_on=(A,), state="pending"
        ),
    ]


def changed(status: TaskStatus, kind: str) -> TaskChanged:
    return TaskChanged.model_validate({"kind": kind, "task_id": TASK, "status": status})


def required() -> ApprovalRequired:
    return ApprovalRequired(
        task_id=TASK,
        approval_id=ApprovalId(uuid4()),
        code="ABCD2345",
        revision=1,
        plan_hash=HASH,
        level="high",
        roles=("tech_lead",),
        required=1,
        subtask_ids=(B,),
        hits=(),
        expires_at=AT,
    )


RUNNING = changed("running", "task_running")
APPROVED = changed("planned", "task_approved")


@pytest.mark.parametrize(
    ("facts", "rests", "why"),
    [
        ([submitted()], False, "it is being planned"),
        ([submitted(), *planned("approval_pending")], True, "people are asked"),
        ([submitted(), *planned("approval_pending"), APPROVED], False, "it runs by itself in a moment"),
        ([submitted(execute=False), *planned("planned")], True, "somebody has to run it"),
        ([submitted(execute=False), *planned("planned"), RUNNING], False, "it runs"),
        ([submitted(execute=False), *planned("planned"), RUNNING, APPROVED], False, "it had begun"),
        ([submitted(), *planned("planned"), RUNNING, changed("blocked", "task_blocked")], True, "a question"),
        ([submitted(), *planned("planned"), RUNNING, changed("paused", "task_paused")], True, "a checkpoint"),
        ([submitted(), *planned("planned"), changed("cancelled", "task_cancelled")], True, "the end"),
        (
            [submitted(), *planned("planned"), RUNNING, changed("cancelling", "task_cancelling")],
            False,
            "soon",
        ),
    ],
)
def test_it_rests_when_it_has_ended_or_somebody_has_to_do_something(
    facts: list[Fact], rests: bool, why: str
) -> None:
    assert watched(*facts).is_at_rest is rests, why


def test_seconds_that_people_took_to_decide_are_not_the_works() -> None:
    seen = watched(submitted(), *planned("approval_pending"), APPROVED, RUNNING)
    assert seen.began_at == AT + timedelta(seconds=6)


STARTED = SubtaskStarted(task_id=TASK, subtask_id=A, attempt=1, agent="a", epoch=1, digest=HASH)
COMPLETED = SubtaskCompleted(task_id=TASK, subtask_id=A, attempt=1, outputs_digest=HASH, seconds=0.5)
FAILED = SubtaskStopped(
    kind="subtask_failed",
    task_id=TASK,
    subtask_id=B,
    state="failed",
    attempt=1,
    attempt_state="failed",
    error=Failure(code="X", message="no"),
)
FACTS: list[Fact] = [
    submitted(),
    *planned("planned"),
    RUNNING,
    required(),
    ApprovalEnded(
        kind="approval_rejected",
        task_id=TASK,
        approval_id=ApprovalId(uuid4()),
        plan_hash=HASH,
        subtask_ids=(B,),
    ),
    SubtaskReady(task_id=TASK, subtask_id=A, cause="slot"),
    STARTED,
    COMPLETED,
    FAILED,
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.kind)
def test_an_event_is_read_as_it_was_told(fact: Fact) -> None:
    told = event(fact)
    assert read(json.dumps(shown(told))) == told


def test_a_kind_that_only_a_newer_service_knows_is_passed_over() -> None:
    told = shown(event(submitted())) | {"kind": "task_teleported"}
    assert read(json.dumps(told)) is None


def test_a_field_that_only_a_newer_service_knows_is_left_out() -> None:
    told = shown(event(submitted()))
    told["data"] = {**told["data"], "mood": "good"}  # type: ignore[dict-item]
    assert read(json.dumps(told)) == event(submitted())


def test_what_an_event_says_cannot_speak_to_the_terminal() -> None:
    told = shown(event(submitted().model_copy(update={"title": "\x1b[2J gone\n\u202e"})))
    back = read(json.dumps(told))
    assert back is not None
    assert event_line(back).plain.endswith(r"\x1b[2J gone\n\u202e")


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.kind)
def test_every_event_is_one_line(fact: Fact) -> None:
    line = event_line(event(fact)).plain
    assert fact.kind in line
    assert "\n" not in line


def test_the_tree_says_who_waits_for_whom_who_works_and_what_went_wrong() -> None:
    begun = watched(submitted(), *planned("planned"), RUNNING, STARTED)
    tree = LiveTree(begun).drawn()
    first, second = (str(child.label) for child in tree.children)
    assert re.fullmatch(r"● a  .+  First", first)
    assert second == "· b  Then  after a"
    failed = watched(submitted(), *planned("planned"), RUNNING, STARTED, COMPLETED, FAILED)
    first, second = (str(child.label) for child in LiveTree(failed).drawn().children)
    assert first == "✓ a   0.50 s  First"
    assert second == "✗ b  Then  no"


def test_of_ten_thousand_subtasks_those_are_shown_in_which_something_happens() -> None:
    nodes = [SubtaskId(f"n{i}") for i in range(10_000)]
    facts: list[Fact] = [
        SubtaskPlanned(
            task_id=TASK, subtask_id=node, revision=1, title="x", agent=None, depends_on=(), state="pending"
        )
        for node in nodes
    ]
    started = [
        SubtaskStarted(task_id=TASK, subtask_id=node, attempt=1, agent="a", epoch=1, digest=HASH)
        for node in nodes[5000:5003]
    ]
    seen = watched(submitted(), *planned("planned")[:1], *facts, RUNNING, *started)
    tree = LiveTree(seen).drawn(height=30)
    labels = [str(child.label) for child in tree.children]
    assert len(labels) == 4
    assert labels[-1] == "… 9997 pending"
