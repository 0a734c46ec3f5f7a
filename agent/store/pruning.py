"""What goes when a task is pruned: its rows, and its events but for their digests."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from agent.store.changes import TaskDropped
from agent.store.queries import queries
from agent.store.rows import Connection, Pool, Row
from domain.task import TaskStatus

_SQL = queries("pruning")
PAGE: Final = 500

Digest = Callable[[Row], bytes]
"""What the chain takes an event for."""


class Prunable(NamedTuple):
    """An ended task, and what would go with it."""

    task_id: str
    status: TaskStatus
    ended_at: datetime
    subtasks: int
    events: int


async def prunable(pool: Pool, older_than: timedelta, limit: int) -> list[Prunable]:
    """The longest ended first."""
    return [Prunable(**row) for row in await pool.fetch(_SQL["prunable"], older_than, limit)]


async def drop_events(connection: Connection, task_id: str, digest: Digest) -> int:
    """Leave a digest in the place of each event of a task; how many there were."""
    last, count = 0, 0
    while rows := await connection.fetch(_SQL["events_of"], task_id, last, PAGE):
        digests = await asyncio.to_thread(lambda page: [digest(row) for row in page], rows)
        await connection.execute(_SQL["leave_digests"], [row["seq"] for row in rows], digests)
        last, count = rows[-1]["seq"], count + len(rows)
    await connection.execute(_SQL["drop_events"], task_id, last)
    return count


async def drop(connection: Connection, dropped: TaskDropped) -> bool:
    await connection.execute(_SQL["drop_deliveries"], dropped.task.task_id)
    done = await connection.execute(_SQL["drop_task"], dropped.task.task_id, dropped.task.version)
    return done == "DELETE 1"
