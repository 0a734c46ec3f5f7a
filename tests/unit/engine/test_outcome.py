from datetime import UTC, datetime, timedelta

import pytest

from agent.engine.outcome import Tried, ended, lost
from agent.engine.reading import runnable
from domain.attempt import Succeeded, Unsuccessful, backoff_s
from domain.subtask import Failure
from tests.kit.plans import subtask

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def tried(number: int = 1, *, repeatable: bool = True) -> Tried:
    effect = "read" if repeatable else "external"
    sealed = subtask("t", "a", effect=effect, idempotent=False).model_dump_json()
    return Tried(runnable(sealed), number, 3, "worker", 0.1)


def outcome(kind: str, *, retryable: bool = True) -> Unsuccessful:
    error = Failure(code="X", message="x", retryable=retryable)
    return Unsuccessful.model_validate({"outcome": kind, "error": error})


@pytest.mark.parametrize(
    ("about", "attempt", "came", "state", "attempt_state"),
    [
        ("success completes", tried(), Succeeded(outputs={"a": 1}), "completed", "completed"),
        ("a failure goes back", tried(), outcome("failed"), "ready", "failed"),
        ("the last failure stays", tried(3), outcome("failed"), "failed", "failed"),
        ("one that cannot help stays", tried(), outcome("failed", retryable=False), "failed", "failed"),
        ("a time-out goes back", tried(), outcome("timed_out"), "ready", "timed_out"),
        (
            "a time-out that may have acted asks",
            tried(repeatable=False),
            outcome("timed_out"),
            "blocked",
            "timed_out",
        ),
        ("an unknown one goes back", tried(), outcome("unknown"), "ready", "unknown"),
        (
            "an unknown one that may have acted asks",
            tried(repeatable=False),
            outcome("unknown"),
            "blocked",
            "unknown",
        ),
        ("a call called off is cancelled", tried(), outcome("cancelled"), "cancelled", "cancelled"),
        (
            "a write called off is unknown",
            tried(repeatable=False),
            outcome("cancelled"),
            "cancelled",
            "unknown",
        ),
        ("one that goes beyond what was approved asks", tried(), outcome("deviated"), "blocked", "failed"),
        ("an agent away is tried again", tried(), outcome("unavailable"), "ready", "failed"),
        ("an agent away for good is for people", tried(3), outcome("unavailable"), "blocked", "failed"),
        (
            "at once where waiting cannot help",
            tried(),
            outcome("unavailable", retryable=False),
            "blocked",
            "failed",
        ),
    ],
)
def test_what_came_decides_what_becomes_of_it(
    about: str, attempt: Tried, came: Succeeded | Unsuccessful, state: str, attempt_state: str
) -> None:
    end = ended(attempt, came, now=NOW, draw=0.0)
    assert (end.state, end.attempt_state) == (state, attempt_state), about
    assert (end.question is not None) == (state == "blocked")
    assert (end.next_at is not None) == (state == "ready")


def test_the_back_off_doubles_and_is_spread_and_capped() -> None:
    assert [backoff_s(n, 0.0) for n in (1, 2, 3)] == [0.5, 1.0, 2.0]
    assert [backoff_s(n, 0.999999) for n in (1, 2)] == pytest.approx([1.0, 2.0], rel=1e-3)
    assert backoff_s(50, 0.999999) <= 60.0
    assert ended(tried(), outcome("failed"), now=NOW, draw=0.5).next_at == NOW + timedelta(seconds=0.75)


def test_what_was_lost_keeps_its_slot_while_its_call_may_be_at_work() -> None:
    end = lost(tried(), now=NOW)
    assert (end.state, end.attempt_state, end.frees) == ("ready", "unknown", False)
    assert lost(tried(3), now=NOW).state == "failed"
    asks = lost(tried(repeatable=False), now=NOW)
    assert asks.state == "blocked"
    assert asks.question is not None
