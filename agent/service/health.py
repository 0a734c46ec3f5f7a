"""Finds out whether agents can be reached, and writes down what changed."""

import asyncio
from collections.abc import Iterable
from typing import Final

from agent.service.ports import Probe
from agent.store.agents import Agents
from agent.store.changes import AgentFound
from agent.store.database import Database
from domain.agent import AgentState, Manifest
from domain.event import AgentHealthChanged
from domain.ids import AgentId

PROBE_S: Final = 10.0


class HealthBoard:
    """The last known state of each agent, here and in the database. Whom nobody asked about is unknown."""

    def __init__(self, database: Database, manifest: Manifest, probe: Probe) -> None:
        self._database = database
        self._manifest = manifest
        self._probe = probe
        self._states: dict[AgentId, AgentState] = {}

    def known(self, agent_id: AgentId) -> AgentState | None:
        return self._states.get(agent_id)

    async def look(self, agent_ids: Iterable[AgentId]) -> dict[AgentId, AgentState]:
        """Probe these agents now, all at once. One that does not answer in time is unhealthy."""
        wanted = sorted(set(agent_ids))
        states = await asyncio.gather(*(self._ask(agent_id) for agent_id in wanted))
        await self._write([state for state in states if self._is_news(state)])
        self._states.update({state.agent: state for state in states})
        return dict(zip(wanted, states, strict=True))

    async def refresh(self) -> None:
        """Probe again whoever was found wanting, so that a mended agent is known to be mended."""
        await self.look([state.agent for state in self._states.values() if not state.dispatchable])

    async def _ask(self, agent_id: AgentId) -> AgentState:
        agent = self._manifest.agent(agent_id)
        if agent is None:
            return AgentState(agent=agent_id, health="unhealthy", reason="it is not in the manifest any more")
        try:
            async with asyncio.timeout(PROBE_S):
                return await self._probe.state(agent)
        except TimeoutError:
            return AgentState(agent=agent_id, health="unhealthy", reason=f"no answer within {PROBE_S:g} s")

    def _is_news(self, state: AgentState) -> bool:
        known = self._states.get(state.agent)
        return known is None or (known.health, known.missing_tools) != (state.health, state.missing_tools)

    async def _write(self, states: list[AgentState]) -> None:
        if not states:
            return
        stored = await Agents(self._database.pool).states()
        async with self._database.transaction("health") as tx:
            for state in states:
                before = stored.get(state.agent)
                if before is None:
                    continue
                changed = AgentHealthChanged(agent=state.agent, health=state.health, reason=state.reason)
                facts = [changed] if before.health != state.health else []
                await tx.record(AgentFound(state), *facts)
