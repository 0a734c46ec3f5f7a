"""A task: one orchestrated request, from its submission to its end."""

from datetime import datetime
from typing import Literal, get_args

from domain.base import Value
from domain.errors import WrongStateError
from domain.ids import Digest, SubtaskId, TaskId
from domain.principal import Principal
from domain.request import PRIORITY_RANK, OnFailure, Priority, urgency

TaskStatus = Literal[
    "planning",
    "approval_pending",
    "planned",
    "running",
    "pausing",
    "paused",
    "cancelling",
    "completed",
    "failed",
    "blocked",
    "rejected",
    "expired",
    "cancelled",
]
TASK_STATUSES: tuple[TaskStatus, ...] = get_args(TaskStatus)

ExecutionMode = Literal["auto", "manual"]

TASK_ARROWS: dict[TaskStatus, frozenset[TaskStatus]] = {
    "planning": frozenset({"approval_pending", "planned", "failed", "cancelled"}),
    "approval_pending": frozenset({"planned", "rejected", "expired", "planning", "cancelling", "cancelled"}),
    "planned": frozenset({"running", "paused", "blocked", "approval_pending", "cancelling", "cancelled"}),
    "running": frozenset(
        {"pausing", "paused", "blocked", "completed", "failed", "cancelling", "approval_pending"}
    ),
    "pausing": frozenset({"paused", "running", "blocked", "completed", "failed", "cancelling"}),
    "paused": frozenset({"running", "cancelling", "cancelled", "approval_pending"}),
    "cancelling": frozenset({"cancelled"}),
    "blocked": frozenset({"running", "approval_pending", "failed", "cancelling", "cancelled"}),
    "rejected": frozenset({"planning", "cancelling", "cancelled"}),
    "expired": frozenset({"planning", "cancelling", "cancelled"}),
    "completed": frozenset(),
    "failed": frozenset(),
    "cancelled": frozenset(),
}
"""Every way a task's status may change; drawn in docs/states.md."""

TASK_ENDS: frozenset[TaskStatus] = frozenset(s for s, onward in TASK_ARROWS.items() if not onward)

MOVING: frozenset[TaskStatus] = frozenset({"running", "pausing", "cancelling"})
"""Statuses in which a runner has something to do."""


class Task(Value):
    """A task as stored. `version` rises with every change from outside its runner, `epoch` with every owner."""

    task_id: TaskId
    title: str
    priority: Priority
    requester: str | None
    authors: tuple[str, ...] = ()
    """Principals who submitted it or changed its plan; none of them decides on it."""
    request_digest: Digest
    status: TaskStatus
    needs_review: bool = False
    execute: bool = False
    on_failure: OnFailure = "review"
    mode: ExecutionMode = "auto"
    wave_limit: int | None = None
    checkpoints: tuple[SubtaskId, ...] = ()
    revision: int = 0
    plan_hash: Digest | None = None
    version: int = 0
    epoch: int = 0
    wake_at: datetime | None = None
    """When somebody must look at it; null: not before something happens to it."""
    reason: str | None = None
    callback_url: str | None = None
    due_at: datetime | None = None
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def ended(self) -> bool:
        return self.status in TASK_ENDS

    @property
    def under_way(self) -> bool:
        """Whether it runs by itself once it is planned: that was asked for, or it had begun already."""
        return self.execute or self.started_at is not None

    @property
    def urgency(self) -> int:
        """Whose turn it is where workers are short: the highest first."""
        return urgency(PRIORITY_RANK[self.priority], self.due_at)

    def authored(self, by: Principal) -> tuple[str, ...]:
        """Everybody whose plan it is, once this principal has changed it."""
        if not by.authenticated or by.id in self.authors:
            return self.authors
        return (*self.authors, by.id)

    def to(self, status: TaskStatus, **changes: object) -> "Task":
        """The same task in another status; raises WrongStateError where no arrow leads there."""
        if status not in TASK_ARROWS[self.status]:
            raise WrongStateError(
                f"task {self.task_id} is {self.status}; it cannot become {status} from there"
            )
        return self.model_copy(update={"status": status, **changes})
