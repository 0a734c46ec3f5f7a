from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.engine.decide import AT_ONCE, Begin, CallOff, Close, Go, Move, Rest, Situation, decide
from agent.engine.frontier import STARTABLE, Frontier
from domain.graph import waves
from domain.subtask import PASSED, SUBTASK_STATES, SubtaskState
from domain.task import TASK_STATUSES, Task, TaskStatus

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(seconds=5)


def situation(
    graph: dict[str, str],
    *,
    flying: str = "",
    in_line: str = "",
    due: dict[str, datetime] | None = None,
    agents: dict[str, str] | None = None,
    **task: Any,
) -> Situation:
    """`{"a": "completed", "b a": "pending"}` is b after a; `flying` lists calls in flight."""
    edges = {node.split()[0]: tuple(node.split()[1:]) for node in graph}
    states = {node.split()[0]: state for node, state in graph.items()}
    described = {"status": "running", "created_at": NOW, **task}
    return Situation(
        task=Task(
            task_id="t", title="t", priority="medium", requester=None, request_digest="0" * 64, **described
        ),
        frontier=Frontier(edges, states, due, agents),  # type: ignore[arg-type]
        waves={node: depth for depth, level in enumerate(waves(edges)) for node in level},  # type: ignore[misc]
        in_flight=set(flying.split()),  # type: ignore[arg-type]
        in_line=set(in_line.split()),  # type: ignore[arg-type]
    )


BLOCKED = Close("blocked", needs_review=True, reason="nothing else can move: 1 failed")

CASES: list[tuple[str, Situation, tuple[Move, ...]]] = [
    (
        "what depends on nothing starts, all of it at once",
        situation({"a": "pending", "b": "pending", "c a": "pending"}),
        (Begin("a"), Begin("b")),  # type: ignore[arg-type]
    ),
    (
        "a successor starts when its predecessors have passed, completed or skipped",
        situation({"a": "completed", "b": "skipped", "c a b": "pending"}),
        (Begin("c"),),  # type: ignore[arg-type]
    ),
    (
        "while a call is in flight there is nothing to do but wait",
        situation({"a": "running"}, flying="a"),
        (),
    ),
    ("all completed is completed", situation({"a": "completed", "b a": "skipped"}), (Close("completed"),)),
    (
        "a plan without work is a person's, not done",
        situation({}),
        (Close("blocked", needs_review=True, reason="its plan has nothing to do"),),
    ),
    (
        "a back-off is waited for without a worker",
        situation({"a": "ready"}, due={"a": LATER}),
        (Rest(LATER),),
    ),
    (
        "a back-off that is over is over",
        situation({"a": "ready"}, due={"a": NOW - timedelta(seconds=1)}),
        (Begin("a"),),  # type: ignore[arg-type]
    ),
    (
        "who stands in line for a slot does not ask again",
        situation({"a": "ready"}, in_line="a"),
        (Rest(None),),
    ),
    (
        "a failure leaves the rest running",
        situation({"a": "failed", "b": "pending", "c a": "pending"}),
        (Begin("b"),),  # type: ignore[arg-type]
    ),
    ("when nothing else can move a failure blocks", situation({"a": "failed", "b a": "pending"}), (BLOCKED,)),
    (
        "a question blocks, too",
        situation({"a": "blocked", "b": "completed"}),
        (Close("blocked", needs_review=True, reason="nothing else can move: 1 waiting for an answer"),),
    ),
    (
        "with on_failure fail the rest is called off",
        situation({"a": "failed", "b": "running"}, flying="b", on_failure="fail"),
        (CallOff(),),
    ),
    (
        "and then the task has failed",
        situation({"a": "failed", "b": "cancelled"}, on_failure="fail"),
        (Close("failed", needs_review=True, reason="1 failed, and on_failure is fail"),),
    ),
    (
        "in manual mode only the allowed waves start",
        situation({"a": "completed", "b a": "pending"}, mode="manual", wave_limit=1),
        (Close("paused", reason="wave done"),),
    ),
    (
        "the next wave starts when it is allowed",
        situation({"a": "completed", "b a": "pending"}, mode="manual", wave_limit=2),
        (Begin("b"),),  # type: ignore[arg-type]
    ),
    (
        "a checkpoint that was reached pauses",
        situation({"a": "completed", "b a": "pending"}, checkpoints=("a",)),
        (Close("paused", reason="checkpoint", passed_checkpoints=("a",)),),  # type: ignore[arg-type]
    ),
    (
        "a checkpoint waits for what is in flight, and nothing more starts",
        situation({"a": "completed", "b": "running", "c": "pending"}, flying="b", checkpoints=("a",)),
        (Go("pausing", "checkpoint"),),
    ),
    ("pausing waits for what runs", situation({"a": "running"}, flying="a", status="pausing"), ()),
    (
        "then it is paused",
        situation({"a": "completed", "b": "pending"}, status="pausing"),
        (Close("paused"),),
    ),
    (
        "cancelling calls off what runs",
        situation({"a": "running"}, flying="a", status="cancelling"),
        (CallOff(),),
    ),
    ("then it is cancelled", situation({"a": "cancelled"}, status="cancelling"), (Close("cancelled"),)),
    (
        "a planned task that is to run goes, and begins at once",
        situation({"a": "pending", "b a": "pending"}, status="planned", execute=True),
        (Go("running"), Begin("a")),  # type: ignore[arg-type]
    ),
    (
        "one that has nothing to begin goes first and is judged then",
        situation({"a": "failed"}, status="planned", execute=True),
        (Go("running"),),
    ),
    ("any other planned task waits to be told", situation({"a": "pending"}, status="planned"), (Rest(),)),
    (
        "a changed plan under approval lets calls come home first",
        situation({"a": "running"}, flying="a", status="approval_pending"),
        (),
    ),
    (
        "and then rests until the approval's expiry",
        situation({"a": "completed"}, status="approval_pending", wake_at=LATER),
        (Rest(LATER),),
    ),
    (
        "what waits for people holds no worker",
        situation({"a": "completed", "b a": "waiting_approval"}),
        (Rest(),),
    ),
]


@pytest.mark.parametrize(("about", "given", "moves"), CASES, ids=[case[0] for case in CASES])
def test_every_situation_has_its_moves(about: str, given: Situation, moves: tuple[Move, ...]) -> None:
    assert decide(given, NOW) == moves


def test_what_was_called_off_is_not_called_off_twice() -> None:
    given = situation({"a": "running"}, flying="a", status="cancelling")
    given.called_off = True
    assert decide(given, NOW) == ()


def test_a_step_begins_no_more_than_its_share_of_a_large_plan() -> None:
    given = situation({f"n{i}": "pending" for i in range(10 * AT_ONCE)})
    assert len(decide(given, NOW)) == AT_ONCE


def test_nobody_asks_behind_one_who_stands_in_line_for_the_same_agent() -> None:
    given = situation(
        {"a": "ready", "b": "pending", "c": "pending"}, in_line="a", agents={"a": "x", "b": "x", "c": "y"}
    )
    assert decide(given, NOW) == (Begin("c"),)  # type: ignore[arg-type]


def test_where_slots_are_short_few_are_asked_for() -> None:
    given = situation({f"n{i}": "pending" for i in range(9)})
    given.asks[None] = 2
    assert len(decide(given, NOW)) == 2


RESTS: dict[TaskStatus, tuple[Move, ...]] = {
    "planning": (Rest(LATER),),
    "approval_pending": (Rest(LATER),),
    "planned": (Rest(LATER),),
    "running": (Begin("a"),),  # type: ignore[arg-type]
    "pausing": (Close("paused"),),
    "paused": (Rest(LATER),),
    "cancelling": (Close("cancelled"),),
    "completed": (Rest(LATER),),
    "failed": (Rest(LATER),),
    "blocked": (Rest(LATER),),
    "rejected": (Rest(LATER),),
    "expired": (Rest(LATER),),
    "cancelled": (Rest(LATER),),
}
"""A task of one pending subtask that nobody told to run, in every status there is."""


def test_the_table_knows_every_status() -> None:
    assert set(RESTS) == set(TASK_STATUSES)


@pytest.mark.parametrize("status", TASK_STATUSES)
def test_in_every_status_it_is_known_what_comes_next(status: TaskStatus) -> None:
    assert decide(situation({"a": "pending"}, status=status, wake_at=LATER), NOW) == RESTS[status]


@pytest.mark.parametrize("status", TASK_STATUSES)
def test_a_call_in_flight_is_waited_for_in_every_status_but_when_it_is_called_off(status: TaskStatus) -> None:
    given = situation({"a": "running"}, flying="a", status=status, wake_at=LATER)
    assert decide(given, NOW) == ((CallOff(),) if status == "cancelling" else ())


ALONE: dict[SubtaskState, tuple[Move, ...]] = {
    "pending": (Begin("a"),),  # type: ignore[arg-type]
    "waiting_approval": (Rest(),),
    "ready": (Begin("a"),),  # type: ignore[arg-type]
    "running": (),
    "completed": (Close("completed"),),
    "failed": (BLOCKED,),
    "blocked": (
        Close("blocked", needs_review=True, reason="nothing else can move: 1 waiting for an answer"),
    ),
    "skipped": (Close("completed"),),
    "cancelled": (Close("blocked", needs_review=True, reason="nothing else can move: "),),
}
"""A running task of one subtask, in every state there is."""


def test_the_table_knows_every_state_of_a_subtask() -> None:
    assert set(ALONE) == set(SUBTASK_STATES)


@pytest.mark.parametrize("state", SUBTASK_STATES)
def test_whatever_state_its_one_subtask_is_in_a_running_task_knows_what_to_do(state: SubtaskState) -> None:
    given = situation({"a": state}, flying="a" if state == "running" else "")
    assert decide(given, NOW) == ALONE[state]


@pytest.mark.parametrize("before", SUBTASK_STATES)
@pytest.mark.parametrize("state", SUBTASK_STATES)
def test_a_subtask_begins_exactly_when_it_may_and_all_before_it_has_passed(
    before: SubtaskState, state: SubtaskState
) -> None:
    given = situation({"a": before, "b a": state}, flying="a" if before == "running" else "")
    begun = {move.subtask_id for move in decide(given, NOW) if isinstance(move, Begin)}
    may_a, may_b = before in STARTABLE, state in STARTABLE and before in PASSED
    assert begun == {*(["a"] if may_a else []), *(["b"] if may_b else [])}
