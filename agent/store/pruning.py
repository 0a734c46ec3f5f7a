"""What goes when a task is pruned: its rows, and its events but for their digests."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from agent.store import tasks
from agent.store.changes import TasksDropped
from agent.store.queries import queries
from agent.store.rows import Connection, Pool, Row
from domain.task import Task, TaskStatus

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


async def hold(connection: Connection, task_ids: Sequence[str]) -> list[Task]:
    """Those of them that may still go, held until the transaction ends."""
    return [tasks.read(row) for row in await connection.fetch(_SQL["held"], task_ids)]


async def drop_events(connection: Connection, task_ids: Sequence[str], digest: Digest) -> Counter[str]:
    """Leave a digest in the place of each event of these tasks; how many there were of each."""
    last, count = 0, Counter[str]()
    found = await connection.cursor(_SQL["events_of"], task_ids)
    while rows := await found.fetch(PAGE):
        digests = await asyncio.to_thread(lambda page: [digest(row) for row in page], rows)
        await connection.execute(_SQL["leave_digests"], [row["seq"] for row in rows], digests)
        last = max(last, *(row["seq"] for row in rows))
        count.update(row["task_id"] for row in rows)
    await connection.execute(_SQL["drop_events"], task_ids, last)
    return count


async def drop(connection: Connection, dropped: TasksDropped) -> bool:
    await connection.execute(_SQL["drop_deliveries"], dropped.task_ids)
    done = await connection.execute(_SQL["drop_tasks"], dropped.task_ids)
    return done == f"DELETE {len(dropped.task_ids)}"
