"""Subtasks and their attempts as callers see them."""

from datetime import datetime

from domain.agent import RiskLevel
from domain.attempt import AttemptState
from domain.base import JsonObject, Value
from domain.clause import Environment
from domain.ids import AgentId, SubtaskId
from domain.plan import EdgeKind
from domain.subtask import Failure, Question, SubtaskState


class SubtaskView(Value):
    """A subtask: what it is, by the plan, and how it stands."""

    subtask_id: SubtaskId
    title: str
    objective: str
    agent: AgentId | None
    state: SubtaskState
    depends_on: tuple[SubtaskId, ...]
    wave: int
    covers: tuple[str, ...]
    acceptance: tuple[str, ...]
    implied: bool
    gated: bool
    risk: RiskLevel
    environment: Environment | None = None
    timeout_s: float | None = None
    attempt: int
    outputs: JsonObject
    error: Failure | None
    question: Question | None
    next_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


class SubtaskRow(Value):
    """A subtask in a list."""

    subtask_id: SubtaskId
    ordinal: int
    title: str
    agent: AgentId | None
    state: SubtaskState
    depends_on: tuple[SubtaskId, ...]
    risk: RiskLevel
    environment: Environment | None = None
    gated: bool
    attempt: int
    error: Failure | None
    question: Question | None
    next_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


class SubtaskPage(Value):
    """`next` is the cursor of the page after this one, null on the last."""

    subtasks: tuple[SubtaskRow, ...]
    next: int | None = None


class AttemptView(Value):
    subtask_id: SubtaskId
    number: int
    agent: AgentId
    state: AttemptState
    started_at: datetime
    ended_at: datetime | None
    error: Failure | None
    cost_usd: float


class DependencyView(Value):
    """`subtask_id` waits for `depends_on`, and why."""

    subtask_id: SubtaskId
    depends_on: SubtaskId
    kind: EdgeKind
    reason: str
