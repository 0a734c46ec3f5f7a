"""How a subtask of a running plan stands. What it *is* lies in the plan; this is what became of it."""

from datetime import datetime
from typing import Literal, get_args

from pydantic import Field

from domain.base import JsonObject, Value
from domain.ids import AgentId, SubtaskId

SubtaskState = Literal[
    "pending",
    "waiting_approval",
    "ready",
    "running",
    "completed",
    "failed",
    "blocked",
    "skipped",
    "cancelled",
]
SUBTASK_STATES: tuple[SubtaskState, ...] = get_args(SubtaskState)

SUBTASK_ARROWS: dict[SubtaskState, frozenset[SubtaskState]] = {
    "pending": frozenset({"ready", "running", "blocked", "skipped", "cancelled", "waiting_approval"}),
    "waiting_approval": frozenset({"pending", "ready", "blocked", "skipped", "cancelled"}),
    "ready": frozenset({"running", "blocked", "skipped", "cancelled", "waiting_approval"}),
    "running": frozenset({"completed", "ready", "failed", "blocked", "cancelled"}),
    "failed": frozenset({"ready", "completed", "skipped", "cancelled", "waiting_approval"}),
    "blocked": frozenset(
        {"pending", "ready", "completed", "failed", "skipped", "cancelled", "waiting_approval"}
    ),
    "completed": frozenset(),
    "skipped": frozenset(),
    "cancelled": frozenset(),
}
"""Every way a subtask's state may change; drawn in docs/states.md. `ready` is stored only where the
subtask has to wait (for a slot, a back-off, a retry); otherwise it goes from `pending` to `running`."""

SUBTASK_ENDS: frozenset[SubtaskState] = frozenset(s for s, onward in SUBTASK_ARROWS.items() if not onward)
PASSED: frozenset[SubtaskState] = frozenset({"completed", "skipped"})
"""States that let successors start."""


class Option(Value):
    """One answer a person may give to a blocked subtask's question."""

    id: Literal["retry", "skip", "done", "fail", "assign", "cancel"]
    label: str
    recommended: bool = False


class Question(Value):
    """The one thing a blocked subtask asks for."""

    cause: Literal[
        "unknown_outcome",
        "agent_unavailable",
        "unassigned",
        "attempts_used_up",
        "plan_changed",
        "input",
        "not_approved",
        "deviation",
    ]
    required_input: str
    options: tuple[Option, ...]
    if_you_do_nothing: str
    deadline: datetime | None = None


class Failure(Value):
    """Why an attempt did not succeed. `retryable` says that trying again may help."""

    code: str
    message: str
    retryable: bool = True


class Progress(Value):
    """How one subtask stands: its state, its latest attempt, and what came of it."""

    subtask_id: SubtaskId
    state: SubtaskState
    attempt: int = 0
    attempts_allowed: int = 3
    agent: AgentId | None = None
    next_at: datetime | None = None
    outputs: JsonObject = Field(default_factory=dict)
    error: Failure | None = None
    question: Question | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
