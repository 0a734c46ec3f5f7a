"""What is kept of the past for later plans: plans that ended well, and how long agents took."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from agent.store.queries import queries
from agent.store.rows import Connection, Pool
from domain.ids import AgentId, Digest

_SQL = queries("past")

LOOKED_BACK: Final = timedelta(days=1)
"""A task that nobody remembered for a day, because no service ran, stays unremembered."""


class Kept(NamedTuple):
    """A past plan as it is stored. `text` is null where it is known and nothing of it is kept."""

    task_id: str
    manifest_version: str
    request_digest: Digest
    text: str | None
    steps: Sequence[dict[str, str]] | None
    edges: Sequence[tuple[int, int]] | None


class Recalled(NamedTuple):
    """A past plan that is not forgotten."""

    task_id: str
    manifest_version: str
    text: str
    steps: list[dict[str, str]]
    edges: list[list[int]]
    remembered_at: datetime


async def remember(connection: Connection, plans: Iterable[Kept]) -> None:
    """What is known already stays as it is, forgotten or not."""
    await connection.execute(_SQL["remember"], [plan._asdict() for plan in plans])


async def forget(connection: Connection, task_id: str | None) -> list[str]:
    """The plan of one task, or all; the tasks whose plans were forgotten now."""
    return [row["task_id"] for row in await connection.fetch(_SQL["forget"], task_id)]


class Past:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def unremembered(self, most: int) -> list[tuple[str, int]]:
        """Completed tasks that nothing is kept of yet, and the revisions that ran."""
        rows = await self._pool.fetch(_SQL["unremembered"], LOOKED_BACK, most)
        return [(row["task_id"], row["revision"]) for row in rows]

    async def recall(self, manifest_version: str, most: int) -> list[Recalled]:
        return [Recalled(*row) for row in await self._pool.fetch(_SQL["recall"], manifest_version, most)]

    async def listed(self, manifest_version: str | None, most: int) -> list[Recalled]:
        """The latest first."""
        rows = await self._pool.fetch(_SQL["list_remembered"], manifest_version, most)
        return [Recalled(*row) for row in rows]

    async def stamp(self, manifest_version: str) -> tuple[object, ...]:
        """Differs whenever what is remembered for this version does."""
        row = await self._pool.fetchrow(_SQL["memory_stamp"], manifest_version)
        return tuple(row) if row else ()

    async def durations(self, agents: Sequence[AgentId], most: int) -> dict[AgentId, tuple[float, ...]]:
        """Seconds of the latest completed attempts of each agent."""
        rows = await self._pool.fetch(_SQL["durations"], list(agents), most)
        return {row["agent"]: tuple(row["seconds"]) for row in rows}
