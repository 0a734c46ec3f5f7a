"""Lets go of tasks that ended long ago. What they were is gone; that they were, and who let them go, stays told."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from agent.audit.chain import digest_of_entry, entry_of
from agent.store import pruning
from agent.store.changes import TasksDropped
from agent.store.database import Database
from agent.store.pruning import Prunable
from agent.store.rows import Row
from domain.base import Value
from domain.facts.task import TaskPruned
from domain.task import Task, TaskStatus

HANDS: Final = 3
"""Transactions at once: their commits reach the disk together, and the pool has connections left for others."""

EVENTS: Final = 1_000
"""What goes in one transaction, where a task has not more by itself: what is asked of the database is asked of all its
tasks at once, and others wait for their part of the log a few hundredths of a second at most."""


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
        """Tasks go whole, some a transaction: nobody waits for more than those, and a crash leaves no half of one."""
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

        async def drop(together: Sequence[Prunable]) -> set[str]:
            async with hands:
                return await self._drop(together, actor)

        done = await asyncio.gather(*map(drop, _together(found)), return_exceptions=True)
        gone: set[str] = set()
        for each in done:
            if isinstance(each, BaseException):
                raise each
            gone |= each
        return [task for task in found if task.task_id in gone]

    async def _drop(self, together: Sequence[Prunable], actor: str) -> set[str]:
        """Which of them went; the others somebody else lets go of."""
        known = {task.task_id: task for task in together}
        async with self._database.transaction(actor) as tx:
            held = await pruning.hold(tx.connection, list(known))
            if not held:
                return set()
            names = tuple(task.task_id for task in held)
            events = await pruning.drop_events(tx.connection, names, _digest)
            told = [_told(task, known[task.task_id], events[task.task_id]) for task in held]
            await tx.record(TasksDropped(names), *told)
        return set(names)


def _together(found: Sequence[Prunable]) -> Iterator[list[Prunable]]:
    """What goes at once: few events, or one task."""
    batch: list[Prunable] = []
    for task in found:
        if batch and sum(each.events for each in batch) + task.events > EVENTS:
            yield batch
            batch = []
        batch.append(task)
    if batch:
        yield batch


def _told(task: Task, found: Prunable, events: int) -> TaskPruned:
    return TaskPruned(
        task_id=task.task_id,
        status=task.status,
        ended_at=found.ended_at,
        subtasks=found.subtasks,
        events=events,
    )


def _digest(row: Row) -> bytes:
    return digest_of_entry(entry_of(**row))
