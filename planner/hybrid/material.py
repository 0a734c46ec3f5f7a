"""What a model is given to plan with: the request, the rules' plan, the agents that could matter, past plans."""

from typing import Final, NamedTuple

from domain.agent import Agent, Manifest, Need
from domain.ids import AgentId, RequirementId
from domain.plan import Plan, Requirement
from domain.request import Request
from planner.memory import FAR, Remembered, request_text
from planner.pipeline import Planning

MOST_SUBTASKS: Final = 100
"""Of a model's plan. A request that the rules take into more pieces is not given to a model."""

ALL_AGENTS: Final = 24
"""Up to so many agents are all described; of more, those that fit."""

FITTING: Final = 5
"""Agents described for each requirement, where there are too many to describe all."""

PAST: Final = 3


class Material(NamedTuple):
    manifest: Manifest
    request: Request
    rules: Plan
    requirements: tuple[Requirement, ...]
    agents: tuple[Agent, ...]
    past: tuple[Remembered, ...]


def material(planning: Planning, request: Request, rules: Plan) -> Material:
    """Where the rules found nothing that is asked for, the whole request is the one thing to look at."""
    requirements = rules.requirements or (
        Requirement(id=RequirementId("R1"), text=request.description or request.title),
    )
    past = _past(planning, request)
    return Material(
        planning.manifest, request, rules, requirements, _agents(planning, rules, requirements, past), past
    )


def _past(planning: Planning, request: Request) -> tuple[Remembered, ...]:
    """The nearest accepted plans, of agents that are still there."""
    enabled = {agent.id for agent in planning.manifest.agents if agent.status == "enabled"}
    near = planning.memory.nearest(request_text(request), planning.manifest.version, PAST)
    return tuple(
        match.past
        for match in near
        if match.similarity >= FAR and all(step.agent in enabled for step in match.past.steps)
    )


def _agents(
    planning: Planning, rules: Plan, requirements: tuple[Requirement, ...], past: tuple[Remembered, ...]
) -> tuple[Agent, ...]:
    enabled = tuple(agent for agent in planning.manifest.agents if agent.status == "enabled")
    if len(enabled) <= ALL_AGENTS:
        return enabled
    wanted: set[AgentId | None] = {subtask.agent for subtask in rules.subtasks}
    wanted |= {step.agent for each in past for step in each.steps}
    for requirement in requirements:
        ranking = planning.routes.rank(Need(text=requirement.text), shown=FITTING)
        wanted |= {candidate.agent for candidate in ranking.candidates}
    return tuple(agent for agent in enabled if agent.id in wanted)
