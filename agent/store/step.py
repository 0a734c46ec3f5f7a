"""One step of a runner: everything that one decision changed about one task, written at once or not at all."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal, NamedTuple

from domain.attempt import Artifact, AttemptState
from domain.base import JsonObject
from domain.ids import AgentId, ApprovalId, Digest, SubtaskId
from domain.subtask import Failure, Question, SubtaskState
from domain.task import Task, TaskStatus


class Start(NamedTuple):
    """An attempt begins. `limited`: it needs one of its agent's slots, and waits in line without one."""

    subtask_id: SubtaskId
    was: SubtaskState
    was_attempt: int
    number: int
    agent: AgentId
    key: str
    timeout_s: float
    digest: Digest
    limited: bool


class End(NamedTuple):
    """An attempt ended. `state` is where its subtask goes. `frees`: its slot may be given to others now."""

    subtask_id: SubtaskId
    number: int
    agent: AgentId
    attempt_state: AttemptState
    state: SubtaskState
    seconds: float | None = None
    slot: int | None = None
    outputs: JsonObject | None = None
    artifacts: tuple[Artifact, ...] = ()
    cost_usd: float = 0.0
    error: Failure | None = None
    next_at: datetime | None = None
    question: Question | None = None
    frees: bool = True


class Hold(NamedTuple):
    """A subtask comes to rest without an attempt: it is blocked before its dispatch."""

    subtask_id: SubtaskId
    was: SubtaskState
    was_attempt: int
    agent: AgentId | None
    reason: str
    question: Question


class Turn(NamedTuple):
    """The task itself changes (`kind` names the event), or is let go (`release`) until `wake_at`, or both."""

    status: TaskStatus
    kind: (
        Literal[
            "task_flagged",
            "task_running",
            "task_pausing",
            "task_paused",
            "task_blocked",
            "task_cancelled",
            "task_completed",
            "task_failed",
        ]
        | None
    ) = None
    needs_review: bool = False
    reason: str | None = None
    checkpoints: tuple[SubtaskId, ...] = ()
    release: bool = False
    wake_at: datetime | None = None


class Consent(NamedTuple):
    """What lets a step start anything: the plan that it is of, and the yes to that plan where one is needed.

    `anew`: something of `gated` starts for the first time, so the yes must not have come to its expiry by now.
    """

    plan_hash: Digest
    approval_id: ApprovalId | None = None
    gated: tuple[SubtaskId, ...] = ()
    anew: bool = False


class Step(NamedTuple):
    """Guarded by the epoch and the version under which it was decided, and by what lets it start anything."""

    task_id: str
    epoch: int
    version: int
    priority: int
    due_at: datetime | None
    starts: tuple[Start, ...] = ()
    ends: tuple[End, ...] = ()
    holds: tuple[Hold, ...] = ()
    turn: Turn | None = None
    consent: Consent | None = None


class Take(NamedTuple):
    """A runner wants to own this task."""

    task_id: str


class Taken(NamedTuple):
    """The task as taken, or None where somebody has it already or there is nothing to do for it."""

    task: Task | None


class Written(NamedTuple):
    """A step that is stored. Those in `refused` got no slot; those of them in `waiting` stand in line for one, the
    others behind them.
    """

    refused: frozenset[SubtaskId] = frozenset()
    waiting: frozenset[SubtaskId] = frozenset()
    slots: Mapping[SubtaskId, int] = MappingProxyType({})
    """By number, those that the others got."""
