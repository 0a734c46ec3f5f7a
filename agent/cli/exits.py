"""Exit codes: the one table of what a command's end means to a script."""

from enum import IntEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from domain.approval import ApprovalStatus
    from domain.task import TaskStatus


class Exit(IntEnum):
    OK = 0
    ERROR = 1
    USAGE = 2
    APPROVAL_PENDING = 3
    REJECTED = 4
    EXPIRED = 5
    NOT_FOUND = 6
    FAILED = 7
    CANCELLED = 8
    INTERRUPTED = 130
    """What shells report of a program that ctrl-C ended."""


MEANING: Final[dict[Exit, str]] = {
    Exit.OK: "done",
    Exit.ERROR: "an error",
    Exit.USAGE: "wrong usage",
    Exit.APPROVAL_PENDING: "waits for approval",
    Exit.REJECTED: "rejected",
    Exit.EXPIRED: "expired",
    Exit.NOT_FOUND: "not found",
    Exit.FAILED: "blocked or failed",
    Exit.CANCELLED: "cancelled",
}

OF_ERROR: Final[dict[str, Exit]] = {
    "USAGE": Exit.USAGE,
    "INVALID_INPUT": Exit.USAGE,
    "CALLBACK_REFUSED": Exit.USAGE,
    "APPROVAL_PENDING": Exit.APPROVAL_PENDING,
    "APPROVAL_REJECTED": Exit.REJECTED,
    "APPROVAL_EXPIRED": Exit.EXPIRED,
    "NOT_FOUND": Exit.NOT_FOUND,
    "AGENT_UNAVAILABLE": Exit.FAILED,
    "PLAN_INVALID": Exit.FAILED,
}
"""By the code of an error, ours or the API's; any other is Exit.ERROR."""

OF_TASK: Final[dict["TaskStatus", Exit]] = {
    "planning": Exit.OK,
    "approval_pending": Exit.APPROVAL_PENDING,
    "planned": Exit.OK,
    "running": Exit.OK,
    "pausing": Exit.OK,
    "paused": Exit.OK,
    "cancelling": Exit.CANCELLED,
    "completed": Exit.OK,
    "failed": Exit.FAILED,
    "blocked": Exit.FAILED,
    "rejected": Exit.REJECTED,
    "expired": Exit.EXPIRED,
    "cancelled": Exit.CANCELLED,
}

OF_APPROVAL: Final[dict["ApprovalStatus", Exit]] = {
    "pending": Exit.APPROVAL_PENDING,
    "approved": Exit.OK,
    "rejected": Exit.REJECTED,
    "expired": Exit.EXPIRED,
    "cancelled": Exit.CANCELLED,
    "superseded": Exit.ERROR,
}


def of_error(code: str) -> Exit:
    return OF_ERROR.get(code, Exit.ERROR)
