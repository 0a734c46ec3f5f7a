"""Finds out whether agents can be reached, and writes down what changed."""

import asyncio
from collections.abc import Iterable
from typing import Final, assert_never

from agent.engine.ports import Specialist
from agent.service.ports import Probe
from agent.store.agents import Agents
from agent.store.changes import AgentFound
from agent.store.database import Database
from domain.agent import Agent, AgentState, Manifest
from domain.attempt import Outcome, Succeeded, Unsuccessful
from domain.brief import Assignment
from domain.facts.agent import AgentHealthChanged
from domain.ids import AgentId

PROBE_S: Final = 10.0


class HealthBoard:
    """The last known state of each agent, here and in the database. Whom nobody asked about is unknown."""

    def __init__(self, database: Database, manifest: Manifest, probe: Probe) -> None:
        self._database = database
        self._manifest = manifest
        self._probe = probe
        self._states: dict[AgentId, AgentState] = {}
        self._unwritten: dict[AgentId, AgentState] = {}
        self._doubtful: set[AgentId] = set()

    def heard(self, agent_id: AgentId, outcome: Outcome) -> None:
        """An attempt ended: whoever did its work is well, and whoever could not be reached is looked at soon."""
        match outcome:
            case Succeeded():
                if not self._is_well(agent_id):
                    well = AgentState(agent=agent_id, health="healthy")
                    self._states[agent_id] = self._unwritten[agent_id] = well
            case Unsuccessful(outcome="unavailable"):
                self._doubtful.add(agent_id)
            case Unsuccessful():
                pass
            case other:
                assert_never(other)

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
        """Write down who is well by now, and probe again whoever was found wanting."""
        unwritten, self._unwritten = self._unwritten, {}
        await self._write(list(unwritten.values()))
        doubtful, self._doubtful = self._doubtful, set()
        await self.look({s.agent for s in self._states.values() if not s.dispatchable} | doubtful)

    async def _ask(self, agent_id: AgentId) -> AgentState:
        agent = self._manifest.agent(agent_id)
        if agent is None:
            return AgentState(agent=agent_id, health="unhealthy", reason="it is not in the manifest any more")
        try:
            async with asyncio.timeout(PROBE_S):
                return await self._probe.state(agent)
        except TimeoutError:
            return AgentState(agent=agent_id, health="unhealthy", reason=f"no answer within {PROBE_S:g} s")

    def _is_well(self, agent_id: AgentId) -> bool:
        known = self._states.get(agent_id)
        return known is not None and known.health == "healthy" and not known.missing_tools

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


class Overheard:
    """A specialist whose every outcome tells the board how the agent is."""

    def __init__(self, specialist: Specialist, board: HealthBoard) -> None:
        self._specialist = specialist
        self._board = board

    async def work(self, assignment: Assignment) -> Outcome:
        outcome = await self._specialist.work(assignment)
        self._board.heard(assignment.agent, outcome)
        return outcome

    async def state(self, agent: Agent) -> AgentState:
        return await self._specialist.state(agent)
