"""Revisions of plans in the database: why each was made, and where its subtasks stand."""

from datetime import datetime
from typing import Literal, NamedTuple

from agent.store.changes import PlanChanged, Restood
from agent.store.queries import queries
from agent.store.rows import Connection, Pool
from domain.agent import RiskLevel
from domain.plan import Planner

_SQL = queries("revisions")


class Revision(NamedTuple):
    """One revision as it is listed; `cause` and what follows where people had it made."""

    revision: int
    plan_hash: str
    planner: Planner
    level: RiskLevel
    subtasks: int
    created_at: datetime
    cause: Literal["changes", "edit"] | None
    by: str | None
    comment: str | None
    target: str | None
    understood: tuple[str, ...]


async def insert(connection: Connection, change: PlanChanged) -> bool:
    await connection.execute(
        _SQL["insert_change"],
        change.task_id,
        change.revision,
        change.was,
        change.cause,
        change.by,
        change.comment,
        change.target,
        list(change.understood),
        list(change.operations),
        change.at,
    )
    return True


async def restand(connection: Connection, new: Restood) -> bool:
    """False where a subtask that went is running."""
    known = [standing.subtask_id for standing in new.standings]
    await connection.execute(_SQL["leave"], new.task_id, known)
    if await connection.fetchval(_SQL["left_behind"], new.task_id, known):
        return False
    rows = [
        {
            "subtask_id": standing.subtask_id,
            "ordinal": place,
            "state": standing.state,
            "agent": standing.agent,
            "question": standing.question,
            "allowed": standing.attempts_allowed,
        }
        for place, standing in enumerate(new.standings)
    ]
    await connection.execute(_SQL["restand"], new.task_id, rows)
    return True


async def rounds(connection: Connection | Pool, task_id: str) -> int:
    """How often changes were asked for since a person last edited the plan."""
    count: int = await connection.fetchval(_SQL["rounds"], task_id)
    return count


class Revisions:
    """Reading what revisions a task's plan has."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, task_id: str) -> list[Revision]:
        return [
            Revision(
                revision=row["revision"],
                plan_hash=row["plan_hash"],
                planner=row["planner"],
                level=row["level"],
                subtasks=row["subtasks"],
                created_at=row["created_at"],
                cause=row["cause"],
                by=row["by"],
                comment=row["comment"],
                target=row["target"],
                understood=tuple(row["understood"] or ()),
            )
            for row in await self._pool.fetch(_SQL["revisions"], task_id)
        ]
