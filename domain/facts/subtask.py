"""Facts of a subtask: planned, ready, started, ended, given to somebody."""

from datetime import datetime
from typing import Literal

from domain.attempt import Artifact, AttemptState
from domain.base import Value
from domain.ids import AgentId, Digest, SubtaskId, TaskId
from domain.subtask import Failure, Question, SubtaskState
from domain.task import TaskStatus


class SubtaskPlanned(Value):
    """`attempt`: how often it was tried under earlier revisions."""

    kind: Literal["subtask_planned"] = "subtask_planned"
    task_id: TaskId
    subtask_id: SubtaskId
    revision: int
    title: str
    agent: AgentId | None
    depends_on: tuple[SubtaskId, ...]
    state: SubtaskState
    attempt: int = 0
    question: Question | None = None


class SubtaskReady(Value):
    """It could run but has to wait: for a slot, for a back-off to pass, or for its turn after an answer."""

    kind: Literal["subtask_ready"] = "subtask_ready"
    task_id: TaskId
    subtask_id: SubtaskId
    cause: Literal["slot", "answer", "assigned", "retry"]
    next_at: datetime | None = None


class SubtaskStarted(Value):
    kind: Literal["subtask_started"] = "subtask_started"
    task_id: TaskId
    subtask_id: SubtaskId
    attempt: int
    agent: AgentId
    epoch: int
    digest: Digest


class SubtaskCompleted(Value):
    """`attempt` is null where a person said that it was done."""

    kind: Literal["subtask_completed"] = "subtask_completed"
    task_id: TaskId
    subtask_id: SubtaskId
    attempt: int | None
    outputs_digest: Digest
    artifacts: tuple[Artifact, ...] = ()
    cost_usd: float = 0.0
    seconds: float | None = None


class SubtaskStopped(Value):
    """A subtask stopped short of success, or was taken out of rest. `state` is where it is now.

    With an attempt number, that attempt ended as `attempt_state`; without one, no attempt was running.
    """

    kind: Literal[
        "subtask_retrying", "subtask_failed", "subtask_blocked", "subtask_cancelled", "subtask_skipped"
    ]
    task_id: TaskId
    subtask_id: SubtaskId
    state: SubtaskState
    attempt: int | None = None
    attempt_state: AttemptState | None = None
    error: Failure | None = None
    reason: str | None = None
    next_at: datetime | None = None
    question: Question | None = None
    agent: AgentId | None = None
    """Whose work it was, where that is known."""


class SubtaskAssigned(Value):
    kind: Literal["subtask_assigned"] = "subtask_assigned"
    task_id: TaskId
    subtask_id: SubtaskId
    agent: AgentId
    revision: int
    plan_hash: Digest
    state: SubtaskState
    status: TaskStatus
    """The task's status from here on: a plan that was changed may need a new approval."""
