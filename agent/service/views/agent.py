"""Agents as callers see them."""

from domain.agent import AgentStatus, Health, Limits, Skill, Sla
from domain.base import Value
from domain.ids import AgentId


class AgentView(Value):
    id: AgentId
    name: str
    description: str
    version: str
    domain: str
    status: AgentStatus
    skills: tuple[Skill, ...]
    endpoint: str
    health: Health
    reason: str | None
    missing_tools: tuple[str, ...]
    load: int
    """Attempts running now, over all replicas."""
    limits: Limits
    sla: Sla


class AgentList(Value):
    agents: tuple[AgentView, ...]
