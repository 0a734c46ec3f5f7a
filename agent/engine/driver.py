"""PgQueuer's way to Postgres, and how it outlasts one that is away for a while."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeVar

from pgqueuer import AsyncpgPoolDriver

from agent.store.pool import GONE
from agent.store.rows import Pool

AGAIN_S: Final = 0.2

T = TypeVar("T")


class SteadyDriver(AsyncpgPoolDriver):
    """Asks again until the database answers, or `leaving` is set.

    All of PgQueuer's statements may be said twice: a job that was taken and never heard of is taken again once its
    heartbeat is late, and a status that was logged already finds no row.
    """

    def __init__(self, pool: Pool, leaving: asyncio.Event) -> None:
        super().__init__(pool)
        self._leaving = leaving

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        return await self._again(partial(super().fetch, query, *args))

    async def execute(self, query: str, *args: object) -> str:
        return await self._again(partial(super().execute, query, *args))

    async def _again(self, ask: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await ask()
            except GONE as error:
                # asyncpg says InterfaceError to values it cannot encode, too.
                if isinstance(error, ValueError) or self._leaving.is_set():
                    raise
            await asyncio.sleep(AGAIN_S)
