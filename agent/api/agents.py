"""Who there is to do the work."""

from typing import Annotated

from fastapi import APIRouter, Query

from agent.api.deps import Served
from agent.api.errors import answers
from agent.service.views.agent import AgentList, AgentView
from domain.agent import Agent, AgentState, Health
from domain.errors import NotFoundError

router = APIRouter(tags=["agents"])


@router.get("/agents", responses=answers(400))
async def agents(
    served: Served,
    domain: str | None = None,
    capability: Annotated[str | None, Query(description="a skill id or tag")] = None,
    health: Health | None = None,
) -> AgentList:
    """The specialists, with skills, health, load and limits."""
    states = await served.agents.states()
    views = [agent_view(agent, states.get(agent.id)) for agent in served.manifest.agents]
    return AgentList(
        agents=tuple(
            view
            for view, agent in zip(views, served.manifest.agents, strict=True)
            if (domain is None or view.domain == domain)
            and (capability is None or capability in agent.tags)
            and (health is None or view.health == health)
        )
    )


@router.get("/agents/{agent_id}", responses=answers(404))
async def agent(agent_id: str, served: Served) -> AgentView:
    """One specialist."""
    found = served.manifest.agent(agent_id)
    if found is None:
        raise NotFoundError(f"there is no agent {agent_id!r}; GET /agents lists those there are")
    return agent_view(found, (await served.agents.states()).get(agent_id))


def agent_view(agent: Agent, state: AgentState | None) -> AgentView:
    known = state or AgentState(agent=agent.id)
    return AgentView(
        id=agent.id,
        name=agent.name or agent.id,
        description=agent.description,
        version=agent.version,
        domain=agent.domain,
        status=agent.status,
        skills=agent.skills,
        endpoint=agent.endpoint.kind,
        health=known.health,
        reason=known.reason,
        missing_tools=known.missing_tools,
        load=known.running,
        limits=agent.limits,
        sla=agent.sla,
    )
