"""Facts of an agent: not there for a subtask, well or unwell."""

from typing import Literal

from domain.agent import Health
from domain.base import Value
from domain.ids import AgentId, SubtaskId, TaskId


class AgentUnavailable(Value):
    """The alert for manual routing: this subtask's agent cannot be reached or lacks a tool."""

    kind: Literal["agent_unavailable"] = "agent_unavailable"
    task_id: TaskId
    subtask_id: SubtaskId
    agent: AgentId | None
    reason: str


class AgentHealthChanged(Value):
    kind: Literal["agent_health_changed"] = "agent_health_changed"
    task_id: None = None
    agent: AgentId
    health: Health
    reason: str | None
