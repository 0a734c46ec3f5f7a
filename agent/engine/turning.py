"""What a decision means for the task itself, as it is written. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from agent.engine.decide import Close
from agent.store.step import End, Hold, Turn
from domain.task import Task

_CLOSES: Final[
    dict[
        Literal["paused", "blocked", "cancelled", "completed", "failed"],
        Literal["task_paused", "task_blocked", "task_cancelled", "task_completed", "task_failed"],
    ]
] = {
    "paused": "task_paused",
    "blocked": "task_blocked",
    "cancelled": "task_cancelled",
    "completed": "task_completed",
    "failed": "task_failed",
}
_GOES: Final[dict[Literal["running", "pausing"], Literal["task_running", "task_pausing"]]] = {
    "running": "task_running",
    "pausing": "task_pausing",
}


def rest(task: Task, until: datetime | None) -> Turn:
    """It stays as it is, and nobody owns it until then."""
    return Turn(
        status=task.status,
        needs_review=task.needs_review,
        reason=task.reason,
        checkpoints=task.checkpoints,
        release=True,
        wake_at=until,
    )


def go(task: Task, status: Literal["running", "pausing"], reason: str | None) -> Turn:
    return Turn(
        status=status,
        kind=_GOES[status],
        needs_review=task.needs_review,
        reason=reason,
        checkpoints=task.checkpoints,
    )


def closed(task: Task, close: Close, deadline: datetime | None) -> Turn:
    """It comes to rest; one that is blocked is looked at again when its first question falls due."""
    return Turn(
        status=close.status,
        kind=_CLOSES[close.status],
        needs_review=close.needs_review,
        reason=close.reason,
        checkpoints=tuple(c for c in task.checkpoints if c not in close.passed_checkpoints),
        release=True,
        wake_at=deadline if close.status == "blocked" else None,
    )


def flagged(task: Task, ends: Sequence[End], holds: Sequence[Hold]) -> Turn | None:
    """People are called for as soon as something is theirs to see to; the rest of the plan runs on."""
    failed = sum(1 for end in ends if end.state == "failed")
    asking = len(holds) + sum(1 for end in ends if end.state == "blocked")
    if not (failed or asking) or task.needs_review or task.status != "running" or task.on_failure == "fail":
        return None
    parts = [f"{failed} failed" if failed else "", f"{asking} waiting for an answer" if asking else ""]
    return Turn(
        status=task.status,
        kind="task_flagged",
        needs_review=True,
        reason=", ".join(part for part in parts if part),
        checkpoints=task.checkpoints,
    )
