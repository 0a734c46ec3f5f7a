"""Facts of a task: submitted, planned, revised, changed, pruned."""

from typing import Literal

from domain.agent import RiskLevel
from domain.base import Instant, Value
from domain.drafting import Drafting
from domain.ids import Digest, SubtaskId, TaskId
from domain.plan import Planner
from domain.request import OnFailure, Priority
from domain.task import ExecutionMode, TaskStatus


class TaskSubmitted(Value):
    kind: Literal["task_submitted"] = "task_submitted"
    task_id: TaskId
    title: str
    priority: Priority
    requester: str | None
    submitter: str | None = None
    """The principal who sent it; null where nobody proved who they are."""
    request_digest: Digest
    execute: bool
    on_failure: OnFailure


class TaskPlanned(Value):
    """A revision of the plan was stored; `status` says whether it waits for people."""

    kind: Literal["task_planned"] = "task_planned"
    task_id: TaskId
    revision: int
    plan_hash: Digest
    planner: Planner
    degraded_reason: str | None
    drafting: Drafting | None = None
    level: RiskLevel
    status: TaskStatus
    subtasks: int


class PlanRevised(Value):
    """People had the plan changed: why, by whom, and how their words were understood. `TaskPlanned` follows."""

    kind: Literal["plan_revised"] = "plan_revised"
    task_id: TaskId
    revision: int
    was: int
    cause: Literal["changes", "edit"]
    by: str
    comment: str = ""
    target: SubtaskId | None = None
    understood: tuple[str, ...] = ()
    diff: str = ""
    """What became different, in one line."""


class TaskChanged(Value):
    """The task's status changed; `kind` tells to what. `task_flagged`: only people are called for;
    `task_unflagged`: they have said what was to be said.
    """

    kind: Literal[
        "task_approved",
        "task_rejected",
        "task_expired",
        "task_running",
        "task_pausing",
        "task_paused",
        "task_blocked",
        "task_cancelling",
        "task_cancelled",
        "task_completed",
        "task_failed",
        "task_flagged",
        "task_unflagged",
    ]
    task_id: TaskId
    status: TaskStatus
    needs_review: bool = False
    reason: str | None = None
    mode: ExecutionMode | None = None


class TaskPriorityChanged(Value):
    kind: Literal["task_priority_changed"] = "task_priority_changed"
    task_id: TaskId
    priority: Priority


class TaskHeartbeat(Value):
    """A running task is alive: who runs it, and how far it is."""

    kind: Literal["task_heartbeat"] = "task_heartbeat"
    task_id: TaskId
    worker: str
    running: int
    ended: int
    total: int


class TaskPruned(Value):
    """An ended task was let go of, with its rows and so many events; their digests stay in the chain."""

    kind: Literal["task_pruned"] = "task_pruned"
    task_id: TaskId
    status: TaskStatus
    ended_at: Instant
    subtasks: int
    events: int
