"""What to do next with a task. Pure: a situation in, moves out; no clock, no database, no agent.

Everything a runner does follows from here, so a table of situations and moves tests the engine's mind.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final, Literal, NamedTuple, assert_never

from agent.engine.frontier import Frontier
from domain.ids import AgentId, SubtaskId
from domain.task import Task

AT_ONCE: Final = 128
"""Attempts that one step may begin."""

NOTHING_TO_DO: Final = "its plan has nothing to do"
"""Of a request that asks for nothing: done would be a lie, and only a person can say what was meant."""


class Begin(NamedTuple):
    """Start an attempt of this subtask."""

    subtask_id: SubtaskId


@dataclass(frozen=True, slots=True)
class CallOff:
    """Cancel the running calls of this task."""


@dataclass(frozen=True, slots=True)
class Close:
    """Put the task into this status and let it go."""

    status: Literal["paused", "blocked", "cancelled", "completed", "failed"]
    needs_review: bool = False
    reason: str | None = None
    passed_checkpoints: tuple[SubtaskId, ...] = ()


@dataclass(frozen=True, slots=True)
class Go:
    """The task runs from here on, or, with `pausing`, starts nothing more."""

    status: Literal["running", "pausing"]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing can move before `until` or before something happens: hold no worker meanwhile."""

    until: datetime | None = None


Move = Begin | CallOff | Close | Go | Rest


@dataclass
class Situation:
    """All that a decision rests on. `in_flight`: attempts whose calls this runner is waiting for.

    `in_line`: subtasks that asked for a slot and got none; asking again is pointless before one is freed, and so is
    asking for others of that agent's.
    """

    task: Task
    frontier: Frontier
    waves: Mapping[SubtaskId, int] = field(default_factory=dict)
    in_flight: set[SubtaskId] = field(default_factory=set)
    in_line: set[SubtaskId] = field(default_factory=set)
    called_off: bool = False
    asks: dict[AgentId | None, int] = field(default_factory=dict)
    """How many of an agent's line are asked for at once, where it is known that more would ask in vain."""


def decide(situation: Situation, now: datetime) -> tuple[Move, ...]:
    """The moves that the situation calls for. No move: wait for a call that is in flight."""
    match situation.task.status:
        case "planned":
            return _go(situation, now) if situation.task.under_way else _rest(situation)
        case "running":
            return _run(situation, now)
        case "pausing":
            return () if situation.in_flight else (_pause(situation),)
        case "cancelling":
            return _cancel(situation)
        case (
            "planning"
            | "approval_pending"
            | "paused"
            | "blocked"
            | "completed"
            | "failed"
            | "rejected"
            | "expired"
            | "cancelled"
        ):
            return _rest(situation)
        case other:
            assert_never(other)


def _rest(situation: Situation) -> tuple[Move, ...]:
    """Somebody else has to act first; calls in flight still come home, and the stored timer stays."""
    return () if situation.in_flight else (Rest(situation.task.wake_at),)


def _run(situation: Situation, now: datetime) -> tuple[Move, ...]:
    frontier = situation.frontier
    frontier.pass_time(now)
    if situation.task.on_failure == "fail" and frontier.count("failed"):
        return _give_up(situation)
    if _reached(situation):
        return (Go("pausing", "checkpoint"),) if situation.in_flight else (_pause(situation),)
    if starts := tuple(map(Begin, _startable(situation))):
        return starts
    if situation.in_flight:
        return ()
    return (_settle(situation),)


def _go(situation: Situation, now: datetime) -> tuple[Move, ...]:
    """What may start does so in the same step: nobody waits for a commit that only says that he may."""
    starts = tuple(move for move in _run(situation, now) if isinstance(move, Begin))
    return Go("running"), *starts


def _startable(situation: Situation) -> list[SubtaskId]:
    """At most AT_ONCE: a plan of ten thousand takes its turns among the others on this worker."""
    if not situation.frontier.open:
        return []
    full = {situation.frontier.agent(node) for node in situation.in_line}
    found: list[SubtaskId] = []
    for agent, line in situation.frontier.lines.items():
        if line and agent not in full:
            most = min(AT_ONCE - len(found), situation.asks.get(agent, AT_ONCE))
            found += islice(_in_turn(situation, line), most)
    return found


def _in_turn(situation: Situation, line: Iterable[SubtaskId]) -> Iterable[SubtaskId]:
    limit, waves = situation.task.wave_limit, situation.waves
    return line if limit is None else (node for node in line if waves[node] < limit)


def _settle(situation: Situation) -> Move:
    """Nothing runs and nothing may start: why?"""
    frontier = situation.frontier
    if not frontier.states:
        return Close("blocked", needs_review=True, reason=NOTHING_TO_DO)
    if frontier.count("completed", "skipped") == len(frontier.states):
        return Close("completed")
    if situation.in_line or frontier.next_due() is not None:
        return Rest(frontier.next_due())
    if frontier.open:
        return Close("paused", needs_review=situation.task.needs_review, reason="wave done")
    if frontier.count("waiting_approval") and not frontier.count("failed", "blocked"):
        return Rest()
    return Close("blocked", needs_review=True, reason=_obstacle(frontier))


def _obstacle(frontier: Frontier) -> str:
    failed, blocked = frontier.count("failed"), frontier.count("blocked")
    parts = [f"{failed} failed" if failed else "", f"{blocked} waiting for an answer" if blocked else ""]
    return "nothing else can move: " + ", ".join(part for part in parts if part)


def _reached(situation: Situation) -> tuple[SubtaskId, ...]:
    if not situation.task.checkpoints:
        return ()
    return tuple(node for node in situation.task.checkpoints if situation.frontier.passed((node,)))


def _pause(situation: Situation) -> Close:
    task, passed = situation.task, _reached(situation)
    reason = "checkpoint" if passed else task.reason
    return Close("paused", needs_review=task.needs_review, reason=reason, passed_checkpoints=passed)


def _cancel(situation: Situation) -> tuple[Move, ...]:
    if not situation.in_flight:
        return (Close("cancelled", reason=situation.task.reason),)
    return () if situation.called_off else (CallOff(),)


def _give_up(situation: Situation) -> tuple[Move, ...]:
    if not situation.in_flight:
        failed = situation.frontier.count("failed")
        return (Close("failed", needs_review=True, reason=f"{failed} failed, and on_failure is fail"),)
    return () if situation.called_off else (CallOff(),)
