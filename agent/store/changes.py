"""What can be written: each a state, with what guards it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from approvals.seal import Seal
from domain.agent import AgentState
from domain.approval import Approval
from domain.base import JsonObject
from domain.ids import AgentId, ApprovalId, SubtaskId
from domain.plan import Plan
from domain.queue import QueueSettings
from domain.subtask import Failure, Progress, Question, SubtaskState
from domain.task import Task
from domain.warrant import Delegation, Preapproval


@dataclass(frozen=True)
class Submitted:
    """A new task with the request as it came. Guard: no task has this id."""

    task: Task
    request: str
    given: str | None = None
    """The plan that came along, as JSON."""


@dataclass(frozen=True)
class TaskEdited:
    """A task changed from outside its runner. Guard: `task.version` is still the stored one."""

    task: Task


@dataclass(frozen=True)
class TasksDropped:
    """Tasks and all their rows are gone. Guard: whoever drops them holds them, and they have ended."""

    task_ids: tuple[str, ...]


@dataclass(frozen=True)
class Planned:
    """A sealed revision of a plan and where each subtask stands. `keep` leaves the standings as they are."""

    plan: Plan
    seal: Seal
    at: datetime
    states: dict[SubtaskId, tuple[SubtaskState, Question | None]]
    keep: bool = False


@dataclass(frozen=True)
class PlanChanged:
    """Why a revision was made: what people said, and what that came to."""

    task_id: str
    revision: int
    was: int
    cause: Literal["changes", "edit"]
    by: str
    comment: str
    target: str | None
    understood: tuple[str, ...]
    operations: tuple[JsonObject, ...]
    at: datetime


@dataclass(frozen=True)
class Restood:
    """Where every subtask of a new revision stands, in its order; rows of those that went are dropped.

    Guard: none that went is running.
    """

    task_id: str
    standings: tuple[Progress, ...]


@dataclass(frozen=True)
class NewApproval:
    approval: Approval


@dataclass(frozen=True)
class SubtaskChanged:
    """A subtask at rest, changed by a person. Guard: it is still in `was`, and not running."""

    task_id: str
    subtask_id: SubtaskId
    was: SubtaskState
    state: SubtaskState
    agent: AgentId | None
    attempts_allowed: int
    next_at: datetime | None = None
    outputs: JsonObject | None = None
    error: Failure | None = None
    question: Question | None = None


@dataclass(frozen=True)
class AgentFound:
    """What a probe found of an agent."""

    state: AgentState


@dataclass(frozen=True)
class Granted:
    """A new delegation, or a new yes to plans of one kind."""

    warrant: Delegation | Preapproval


@dataclass(frozen=True)
class Revoked:
    """One that is taken back. Guard: nobody did so before."""

    warrant: Delegation | Preapproval
    by: str


@dataclass(frozen=True)
class QueueSet:
    """The queue's settings, all of them."""

    settings: QueueSettings


@dataclass(frozen=True)
class Nudged:
    """People are told again. Guard: it still waits, and nobody told them this before."""

    approval_id: ApprovalId
    kind: Literal["reminded", "escalated"]


Recordable = (
    Submitted
    | TaskEdited
    | TasksDropped
    | Planned
    | PlanChanged
    | Restood
    | NewApproval
    | Approval
    | Granted
    | Revoked
    | Nudged
    | SubtaskChanged
    | AgentFound
    | QueueSet
)
