"""Agents in the database: their cards, their health, their slots."""

from agent.store.changes import AgentFound
from agent.store.queries import queries
from agent.store.rows import Connection, Pool
from domain.agent import AgentState, Manifest
from domain.ids import AgentId

_SQL = queries("agents")


async def set_health(connection: Connection, found: AgentFound) -> bool:
    state = found.state
    row = await connection.fetchrow(
        _SQL["set_health"], state.agent, state.health, state.reason, list(state.missing_tools)
    )
    return row is not None


async def list_manifest(connection: Connection, manifest: Manifest) -> None:
    """Make the database's agents and slots those of this manifest. Slots that are held stay until freed."""
    limited = [(a.id, a.limits.max_concurrency) for a in manifest.agents if a.limits.max_concurrency]
    ids, sizes = [agent for agent, _ in limited], [size for _, size in limited]
    await connection.execute(_SQL["list_agents"], list(manifest.agents))
    await connection.execute(_SQL["unlist_agents"], [agent.id for agent in manifest.agents])
    await connection.execute(_SQL["add_slots"], ids, sizes)
    await connection.execute(_SQL["drop_slots"], ids, sizes)


class Agents:
    """Which agents there are, and what is known of each."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def states(self) -> dict[AgentId, AgentState]:
        rows = await self._pool.fetch(_SQL["agent_states"])
        return {
            row["agent"]: AgentState(
                agent=row["agent"],
                health=row["health"],
                reason=row["reason"],
                running=row["running"],
                missing_tools=tuple(row["missing_tools"]),
            )
            for row in rows
        }
