"""Lets go of tasks that ended long ago. What they were is gone; that they were, and who let them go, stays told."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from agent.audit.chain import digest_of_entry, entry_of
from agent.store import pruning, tasks
from agent.store.changes import TaskDropped
from agent.store.database import Database
from agent.store.pruning import Prunable
from agent.store.rows import Row
from domain.base import Value
from domain.errors import LostRaceError, NotFoundError
from domain.facts.task import TaskPruned
from domain.task import TaskStatus

HANDS: Final = 3
"""Tasks that go at once: their commits reach the disk together, and the pool has connections left for others."""


class PrunedTask(Value):
    task_id: str
    status: TaskStatus
    ended_at: datetime
    subtasks: int
    events: int


class Pruned(Value):
    """What went, or, in a dry run, what would; `more`: there are others, call again."""

    dry_run: bool
    tasks: tuple[PrunedTask, ...]
    subtasks: int
    events: int
    more: bool


class Pruning:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def prune(self, older_than: timedelta, *, limit: int, dry_run: bool, actor: str) -> Pruned:
        """Each task goes in a transaction of its own: nobody waits for more than one, and a crash leaves no half of one."""
        found = await pruning.prunable(self._database.pool, older_than, limit + 1)
        gone = found[:limit] if dry_run else await self._dropped(found[:limit], actor)
        return Pruned(
            dry_run=dry_run,
            tasks=tuple(PrunedTask(**task._asdict()) for task in gone),
            subtasks=sum(task.subtasks for task in gone),
            events=sum(task.events for task in gone),
            more=len(found) > limit,
        )

    async def _dropped(self, found: Sequence[Prunable], actor: str) -> list[Prunable]:
        hands = asyncio.Semaphore(HANDS)

        async def drop(task: Prunable) -> bool:
            async with hands:
                return await self._drop(task, actor)

        done = await asyncio.gather(*map(drop, found), return_exceptions=True)
        for each in done:
            if isinstance(each, BaseException):
                raise each
        return [task for task, gone in zip(found, done, strict=True) if gone]

    async def _drop(self, found: Prunable, actor: str) -> bool:
        try:
            async with self._database.transaction(actor) as tx:
                task = await tasks.locked(tx.connection, found.task_id)
                events = await pruning.drop_events(tx.connection, found.task_id, _digest)
                told = TaskPruned(
                    task_id=task.task_id,
                    status=task.status,
                    ended_at=found.ended_at,
                    subtasks=found.subtasks,
                    events=events,
                )
                await tx.record(TaskDropped(task), told)
        except (NotFoundError, LostRaceError):
            return False  # somebody else pruned it
        return True


def _digest(row: Row) -> bytes:
    return digest_of_entry(entry_of(**row))
