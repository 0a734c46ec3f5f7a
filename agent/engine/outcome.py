"""What an attempt's outcome means for its subtask: done, again, or a question for a person. Pure."""

from datetime import datetime, timedelta
from typing import NamedTuple, assert_never

from agent.engine import questions
from agent.engine.reading import Runnable
from agent.store.step import End
from domain.attempt import AttemptState, Outcome, Succeeded, Unsuccessful, backoff_s
from domain.subtask import Failure, Question


class Tried(NamedTuple):
    """An attempt as its runner knows it. `seconds`: how long its call took, where that is known."""

    subtask: Runnable
    number: int
    allowed: int
    agent: str
    seconds: float | None = None
    slot: int | None = None


def ended(tried: Tried, outcome: Outcome, *, now: datetime, draw: float) -> End:
    """The end of an attempt whose call came back; `draw` is uniform in [0, 1) and spreads the retries.

    A call that left and was not heard of again is made again only if that does no harm.
    """
    match outcome:
        case Succeeded():
            return _completed(tried, outcome)
        case Unsuccessful():
            return _unsuccessful(tried, outcome, now, draw)
        case other:
            assert_never(other)


def _completed(tried: Tried, outcome: Succeeded) -> End:
    attempt = (tried.subtask.subtask_id, tried.number, tried.agent)
    return End(
        *attempt,
        "completed",
        "completed",
        tried.seconds,
        tried.slot,
        outcome.outputs,
        outcome.artifacts,
        outcome.cost_usd,
    )


def _unsuccessful(tried: Tried, outcome: Unsuccessful, now: datetime, draw: float) -> End:
    match outcome.outcome:
        case "unknown" | "timed_out" as state:
            if tried.subtask.repeatable:
                return _again(tried, state, outcome.error, now, draw)
            return _asks(
                tried,
                state,
                outcome.error,
                questions.unknown_outcome(tried.subtask.title, outcome.error, now),
            )
        case "cancelled":
            # A write that was called off may have happened all the same.
            return _stop(tried, "cancelled" if tried.subtask.repeatable else "unknown", outcome.error)
        case "deviated":
            question = questions.deviation(tried.subtask.title, outcome.error.message, now)
            return _asks(tried, "failed", outcome.error, question)
        case "unavailable":
            return _unavailable(tried, outcome.error, now, draw)
        case "failed" as state:
            return _again(tried, state, outcome.error, now, draw)
        case other:
            assert_never(other)


def lost(tried: Tried, *, now: datetime, gone: bool = True) -> End:
    """The end of an attempt that nobody heard the end of: its worker is gone, or leaves.

    Where it is gone, the slot stays held until its time is up, because the call may still be at work. One
    that may be made again goes back to ready at once.
    """
    error = Failure(code="OUTCOME_UNKNOWN", message=f"the worker that made attempt {tried.number} is gone")
    if not tried.subtask.repeatable:
        return _asks(
            tried,
            "unknown",
            error,
            questions.unknown_outcome(tried.subtask.title, error, now),
            frees=not gone,
        )
    ready = tried.number < tried.allowed
    return _stop(tried, "unknown", error, failed=not ready, ready=ready, frees=not gone)


def _again(tried: Tried, state: AttemptState, error: Failure, now: datetime, draw: float) -> End:
    if tried.number >= tried.allowed or not error.retryable:
        return _stop(tried, state, error, failed=True)
    next_at = now + timedelta(seconds=backoff_s(tried.number, draw))
    return _stop(tried, state, error, ready=True, next_at=next_at)


def _unavailable(tried: Tried, error: Failure, now: datetime, draw: float) -> End:
    """The call never left. Trying again may help for a while; then somebody must route it by hand."""
    if tried.number < tried.allowed and error.retryable:
        return _again(tried, "failed", error, now, draw)
    question = questions.agent_unavailable(tried.subtask.title, tried.agent, error.message, now)
    return _asks(tried, "failed", error, question)


def _asks(
    tried: Tried, state: AttemptState, error: Failure, question: Question, *, frees: bool = True
) -> End:
    return End(
        subtask_id=tried.subtask.subtask_id,
        number=tried.number,
        agent=tried.agent,
        attempt_state=state,
        state="blocked",
        error=error,
        question=question,
        seconds=tried.seconds,
        frees=frees,
        slot=tried.slot,
    )


def _stop(
    tried: Tried,
    state: AttemptState,
    error: Failure,
    *,
    failed: bool = False,
    ready: bool = False,
    next_at: datetime | None = None,
    frees: bool = True,
) -> End:
    return End(
        subtask_id=tried.subtask.subtask_id,
        number=tried.number,
        agent=tried.agent,
        attempt_state=state,
        state="failed" if failed else "ready" if ready else "cancelled",
        error=error,
        next_at=next_at,
        seconds=tried.seconds,
        frees=frees,
        slot=tried.slot,
    )
