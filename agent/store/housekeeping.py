"""What any worker may do for all: bury the dead, take over their tasks, replace lost tickets, call who is next."""

from datetime import timedelta
from typing import Final

import asyncpg

from agent.store.database import Database
from agent.store.queries import queries
from agent.store.rows import Pool

_SQL = queries("workers")

TICKET_GRACE: Final = timedelta(seconds=1)
"""A task may be without a ticket for so long before a new one is issued."""

TICKETS_AT_ONCE: Final = 1_000


async def keep_house(database: Database, worker_id: int, frozen_after: timedelta) -> int:
    """One round, by one worker at a time; how many tasks were handed on.

    The advisory lock of a dead worker is free already; that of a frozen one falls free with its session,
    which is ended here, so its tasks are taken over in the round after.
    """
    async with database.transaction("housekeeping") as tx:
        if not await tx.connection.fetchval(_SQL["keep_house"]):
            return 0
        await tx.connection.fetch(_SQL["end_frozen"], worker_id, frozen_after)
        await tx.connection.fetch(_SQL["bury"], worker_id)
        orphans = await tx.connection.fetch(_SQL["orphan_tasks"])
        lost = await tx.connection.fetch(_SQL["unticketed"], TICKET_GRACE, TICKETS_AT_ONCE)
        tasks = {row["task_id"] for row in (*orphans, *lost)}
        for task_id in sorted(tasks):
            await tx.advance(task_id)
    return len(tasks)


async def call_next(database: Database, worker_id: int, *, tell: bool) -> set[str]:
    """Call those whose turn for a slot has come; returns those of them that this worker owns.

    Tasks that nobody owns get a ticket. With `tell`, other workers are told to look after theirs.
    """
    turns = {row["task_id"]: row["owner"] for row in await database.pool.fetch(_SQL["slot_turns"])}
    free = [task_id for task_id, owner in turns.items() if owner is None]
    others = any(owner not in {None, worker_id} for owner in turns.values())
    if free or (tell and others):
        async with database.transaction("housekeeping") as tx:
            for row in await tx.connection.fetch(_SQL["wake"], free):
                await tx.advance(row["task_id"])
            if tell and others:
                await tx.hint()
    return {task_id for task_id, owner in turns.items() if owner == worker_id}


async def versions(pool: Pool, worker_id: int) -> dict[str, int]:
    """The version of each task that this worker owns."""
    rows: list[asyncpg.Record] = await pool.fetch(_SQL["changed"], worker_id)
    return {row["task_id"]: row["version"] for row in rows}
