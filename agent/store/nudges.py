"""Approvals whose people must be told again, in the database."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from agent.store.changes import Nudged
from agent.store.queries import queries
from agent.store.rows import Connection, Pool
from domain.ids import ApprovalId
from domain.verdict import Demand

_SQL = queries("nudges")


class Due(NamedTuple):
    approval_id: ApprovalId
    task_id: str
    demand: Demand
    kind: Literal["reminded", "escalated"]


async def due(pool: Pool, limit: int) -> Sequence[Due]:
    rows = await pool.fetch(_SQL["due"], limit)
    return [Due(r["approval_id"], r["task_id"], Demand.model_validate(r["demand"]), r["kind"]) for r in rows]


async def insert(connection: Connection, nudged: Nudged) -> bool:
    """False where somebody else was first, or it waits no more."""
    return await connection.fetchval(_SQL["nudge"], nudged.approval_id, nudged.kind) is not None
