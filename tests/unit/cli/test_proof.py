"""Whoever checks a log must be seen to find what is wrong in it."""

from datetime import UTC, datetime

import pytest

from agent.cli.bench.proof import Proof
from domain.event import Event, Fact
from domain.facts.subtask import SubtaskCompleted, SubtaskPlanned, SubtaskStarted
from domain.facts.task import TaskChanged
from domain.ids import SubtaskId

A, B = SubtaskId("a"), SubtaskId("b")
RUNNING = TaskChanged(kind="task_running", task_id="t", status="running")
PAUSED = TaskChanged(kind="task_paused", task_id="t", status="paused")


def planned(node: SubtaskId, *before: SubtaskId) -> Fact:
    return SubtaskPlanned(
        task_id="t", subtask_id=node, revision=1, title="", agent="w", depends_on=before, state="pending"
    )


def started(node: SubtaskId) -> Fact:
    return SubtaskStarted(task_id="t", subtask_id=node, attempt=1, agent="w", epoch=1, digest="0" * 64)


def completed(node: SubtaskId) -> Fact:
    return SubtaskCompleted(task_id="t", subtask_id=node, attempt=1, outputs_digest="0" * 64)


def proof(*facts: Fact, limit: int = 1) -> Proof:
    whole = (planned(A), planned(B, A), *facts)
    return Proof({"w": limit}).read(
        Event(seq=place, at=datetime.now(UTC), actor="", fact=fact) for place, fact in enumerate(whole)
    )


def test_a_log_in_order_has_no_violations() -> None:
    found = proof(RUNNING, started(A), completed(A), started(B), completed(B))
    assert (found.violations, found.unfinished()) == ([], [])


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ((RUNNING, started(B)), "b was started before a had passed"),
        ((RUNNING, started(A), started(A)), "a was started while it was running"),
        ((RUNNING, PAUSED, started(A)), "a was started while its task was paused"),
        ((RUNNING, completed(A)), "an attempt of a ended while it was pending"),
        ((RUNNING, started(A), completed(A), completed(A)), "an attempt of a ended while it was completed"),
        ((RUNNING, started(A), started(B)), "w had 2 attempts at once"),
    ],
)
def test_what_should_not_have_happened_is_named(facts: tuple[Fact, ...], wrong: str) -> None:
    assert any(found.endswith(wrong) for found in proof(*facts).violations)


def test_what_ended_twice_or_never_is_named() -> None:
    found = proof(RUNNING, started(A), completed(A), completed(A))
    assert found.unfinished() == ["a ended 2 times", "b ended 0 times"]
