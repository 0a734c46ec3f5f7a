"""What any worker may do for all: bury the dead, take over their tasks, replace lost tickets, call who is next."""

import time
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Final

import asyncpg

from agent.store.database import Database
from agent.store.queries import queries
from agent.store.rows import Connection, Pool
from agent.store.tx import Tx
from agent.store.watch import Watch
from domain.attempt import BACKOFF_CAP_S
from domain.request import urgency

_SQL = queries("workers")

TICKET_GRACE: Final = timedelta(seconds=1)
"""A task may be without a ticket for so long before a new one is issued."""

AGAIN: Final = timedelta(seconds=5)
"""When a task is taken up again whose runner broke off: soon, and not in a circle without end."""

LONGEST_TIMER: Final = timedelta(seconds=2 * BACKOFF_CAP_S)
"""What goes on by itself is due sooner than that: back-offs, plans that are being made."""

LONGEST_BACK_OFF: Final = timedelta(hours=1)
"""Notices are tried again sooner than that, unless their receiver asked for more; being asked once earlier, it will again."""

TICKETS_AT_ONCE: Final = 1_000


async def keep_house(database: Database, worker_id: int, watch: Watch) -> int:
    """One round, by one worker at a time; how many tasks were handed on.

    The advisory lock of a dead worker is free already; that of a frozen one falls free with its session,
    which is ended here, so its tasks are taken over in the round after.
    """
    asked = time.monotonic()
    beats = {row["worker_id"]: row["beat_at"] for row in await database.pool.fetch(_SQL["beats"])}
    silent = watch.silent(beats, asked)
    async with database.transaction("housekeeping") as tx:
        if not await tx.connection.fetchval(_SQL["keep_house"]):
            return 0
        await _recall(tx.connection)
        await tx.connection.fetch(_SQL["end_frozen"], worker_id, list(silent), list(silent.values()))
        await tx.connection.fetch(_SQL["bury"], worker_id)
        orphans = await tx.connection.fetch(_SQL["orphan_tasks"])
        lost = await tx.connection.fetch(_SQL["unticketed"], TICKET_GRACE, TICKETS_AT_ONCE)
        return await _ticket(tx, {row["task_id"]: row for row in (*orphans, *lost)}.values())


async def _recall(connection: Connection) -> None:
    """Let go on what waits for a time that no timer of ours can have meant.

    In each round: what was written in the instant in which the clock was put back bears the time of before.
    """
    await connection.execute(_SQL["recall_tasks"], LONGEST_TIMER)
    await connection.execute(_SQL["recall_slots"])
    await connection.execute(_SQL["recall_deliveries"], LONGEST_BACK_OFF)


async def admit(database: Database) -> int:
    """Give tickets to those who are next under the queue's limit; how many."""
    async with database.transaction("housekeeping") as tx:
        return await _ticket(tx, await tx.connection.fetch(queries("queue")["admissible"]))


async def epochs(pool: Pool, worker_id: int) -> dict[str, int]:
    """The tasks that this worker owns, and since which epoch."""
    rows: list[asyncpg.Record] = await pool.fetch(_SQL["owned"], worker_id)
    return {row["task_id"]: row["epoch"] for row in rows}


async def let_go(database: Database, worker_id: int, left: Mapping[str, int]) -> int:
    """Give up these tasks, if they are still owned since that epoch; somebody takes them up again in a while."""
    rows = await database.pool.fetch(
        _SQL["let_go"],
        worker_id,
        [{"task_id": task_id, "epoch": epoch} for task_id, epoch in left.items()],
        AGAIN,
    )
    return len(rows)


async def _ticket(tx: Tx, rows: Collection[asyncpg.Record]) -> int:
    for row in rows:
        await tx.advance(row["task_id"], urgency=urgency(row["priority"], row["due_at"]))
    return len(rows)


async def call_next(database: Database, worker_id: int, *, tell: bool) -> set[str]:
    """Call those whose turn for a slot has come; returns those of them that this worker owns.

    Tasks that nobody owns get a ticket. With `tell`, other workers are told to look after theirs.
    """
    turns = {row["task_id"]: row["owner"] for row in await database.pool.fetch(_SQL["slot_turns"])}
    free = [task_id for task_id, owner in turns.items() if owner is None]
    others = any(owner not in {None, worker_id} for owner in turns.values())
    if free or (tell and others):
        async with database.transaction("housekeeping") as tx:
            await _ticket(tx, await tx.connection.fetch(_SQL["wake"], free))
            if tell and others:
                await tx.hint()
    return {task_id for task_id, owner in turns.items() if owner == worker_id}


async def versions(pool: Pool, worker_id: int) -> dict[str, int]:
    """The version of each task that this worker owns."""
    rows: list[asyncpg.Record] = await pool.fetch(_SQL["changed"], worker_id)
    return {row["task_id"]: row["version"] for row in rows}
