"""Puts planned tasks into the database by the way that all tasks take, and sets them going at once."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import uuid4

from agent.cli.bench.work import Fan
from agent.service.planning import Planning
from agent.service.submit import Submitting
from agent.store.clock import DatabaseClock
from agent.store.database import Database
from agent.store.queries import queries
from agent.store.tickets import ADVANCE, issue_all
from domain.principal import Principal
from domain.request import Request

_SQL = queries("bench")

BENCH: Final = Principal.claimed("bench")
AT_ONCE: Final = 8
LOOK_S: Final = 0.2
"""Whoever looks oftener measures his own looking; when the last one ended stands in the database."""


class Seeding:
    def __init__(self, database: Database, clock: DatabaseClock, shape: Fan) -> None:
        self._database = database
        planning = Planning(database, shape, clock, uuid4)
        self._submitting = Submitting(database, planning.plan, clock, lambda _request: "0" * 64)

    @classmethod
    async def into(cls, database: Database, shape: Fan) -> "Seeding":
        clock = DatabaseClock()
        await clock.sync(database.pool)
        return cls(database, clock, shape)

    async def plan(self, count: int, *, execute: bool = False) -> list[str]:
        """So many planned tasks, at rest unless they are to be executed; their ids."""
        names = [f"bench-{uuid4().hex[:12]}" for _ in range(count)]
        gate = asyncio.Semaphore(AT_ONCE)

        async def submit(name: str) -> None:
            async with gate:
                await self._submitting.submit(
                    Request(task_id=name, title="nothing", execute=execute), by=BENCH
                )

        await asyncio.gather(*map(submit, names))
        return names

    async def release(self, names: Sequence[str]) -> datetime:
        """Tell the workers of all of them in one transaction; when that was, by the database's clock."""
        async with self._database.transaction("bench") as tx:
            rows = await tx.connection.fetch(_SQL["release"], names)
            await issue_all(tx.connection, ADVANCE, names)
        at: datetime = rows[0]["at"]
        return at

    async def finished(self, names: Sequence[str]) -> datetime:
        """When the last of them had ended, by the database's clock."""
        while await self._database.pool.fetchval(_SQL["unfinished"], names):  # noqa: ASYNC110  the database knows
            await asyncio.sleep(LOOK_S)
        at: datetime = await self._database.pool.fetchval(_SQL["last_end"], names)
        return at
