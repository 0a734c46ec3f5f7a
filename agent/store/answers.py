"""What was answered from outside: links that were used, calls that were heard. Both count once."""

from datetime import datetime
from typing import Literal, NamedTuple

from agent.store.queries import queries
from agent.store.rows import Pool
from domain.ids import ApprovalId

_SQL = queries("answers")

Verb = Literal["approve", "reject", "changes"]


class Use(NamedTuple):
    answer: Verb
    at: datetime


class Answers:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def use(self, use_id: str, approval_id: ApprovalId, answer: Verb) -> bool:
        """Whether this is the link's first use; from now on it is used."""
        return await self._pool.fetchval(_SQL["use_link"], use_id, approval_id, answer) is not None

    async def give_back(self, use_id: str) -> None:
        """Nothing came of that use: the link may be used again."""
        await self._pool.execute(_SQL["give_link_back"], use_id)

    async def used(self, use_id: str) -> Use | None:
        row = await self._pool.fetchrow(_SQL["link_used"], use_id)
        return Use(row["answer"], row["at"]) if row else None

    async def hear(self, source: str, heard_id: str) -> bool:
        """Whether this call is heard for the first time."""
        return await self._pool.fetchval(_SQL["hear"], source, heard_id) is not None

    async def heard_out(self, source: str, heard_id: str) -> None:
        """What it asked is done: it is never heard again."""
        await self._pool.execute(_SQL["heard_out"], source, heard_id)

    async def unhear(self, source: str, heard_id: str) -> None:
        """Nothing came of it, and its sender will call again."""
        await self._pool.execute(_SQL["unhear"], source, heard_id)

    async def forget(self) -> None:
        """Calls so old that nobody repeats them."""
        await self._pool.execute(_SQL["forget_heard"])
