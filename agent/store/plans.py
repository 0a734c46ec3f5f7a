"""Plans in the database: sealed texts, written once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.store import progress
from agent.store.changes import Planned
from agent.store.queries import queries
from agent.store.rows import Connection, Pool
from approvals.seal import SealedSubtask, read_subtask, unseal
from domain.errors import NotFoundError
from domain.ids import AgentId, SubtaskId
from domain.plan import Plan, Subtask
from domain.subtask import Progress

_SQL = queries("plans")
UNASSIGNED = "unassigned"

SLICE: Final = 250
"""Rows that are written out at once."""


@dataclass(frozen=True)
class StoredPlan:
    """A revision as its sealed texts."""

    header: str
    plan_hash: str
    subtasks: tuple[SealedSubtask, ...]

    def open(self) -> Plan:
        return unseal(self.header, [subtask.text for subtask in self.subtasks])


async def insert(connection: Connection, new: Planned) -> bool:
    plan, seal = new.plan, new.seal
    await connection.execute(
        _SQL["insert_plan"],
        plan.task_id,
        plan.revision,
        seal.plan_hash,
        plan.planner,
        plan.verdict.level,
        seal.header,
        new.at,
    )
    subtasks = [
        {
            "ordinal": subtask.ordinal,
            "subtask_id": subtask.subtask_id,
            "agent": subtask.agent or UNASSIGNED,
            "digest": sealed.digest,
            "spec": sealed.text,
        }
        for subtask, sealed in zip(plan.subtasks, seal.subtasks, strict=True)
    ]
    await _insert_each(connection, _SQL["insert_subtasks"], (plan.task_id, plan.revision), subtasks)
    edges = [
        {"subtask_id": s.subtask_id, "depends_on": edge.on, "kind": edge.kind, "reason": edge.reason}
        for s in plan.subtasks
        for edge in s.depends_on
    ]
    await _insert_each(connection, _SQL["insert_edges"], (plan.task_id, plan.revision), edges)
    if not new.keep:
        await _begin_progress(connection, new)
    return True


async def _begin_progress(connection: Connection, new: Planned) -> None:
    await connection.execute(_SQL["clear_progress"], new.plan.task_id)
    rows = [
        {
            "subtask_id": subtask.subtask_id,
            "ordinal": subtask.ordinal,
            "state": new.states[subtask.subtask_id][0],
            "agent": subtask.agent,
            "question": new.states[subtask.subtask_id][1],
        }
        for subtask in new.plan.subtasks
    ]
    await _insert_each(connection, _SQL["insert_progress"], (new.plan.task_id,), rows)


async def _insert_each(
    connection: Connection, sql: str, of: tuple[object, ...], rows: Sequence[Mapping[str, object]]
) -> None:
    """In slices: writing out thirty megabytes in one go would take the loop from everybody else."""
    for start in range(0, len(rows), SLICE):
        await connection.execute(sql, *of, rows[start : start + SLICE])


class Plans:
    """Reading plans."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def get(self, task_id: str, revision: int) -> StoredPlan:
        """Raises NotFoundError."""
        header = await self._pool.fetchrow(_SQL["plan"], task_id, revision)
        if header is None:
            raise NotFoundError(f"task {task_id!r} has no plan of revision {revision}")
        rows = await self._pool.fetch(_SQL["subtasks"], task_id, revision)
        sealed = tuple(SealedSubtask(row["subtask_id"], row["spec"], row["digest"]) for row in rows)
        return StoredPlan(header["header"], header["plan_hash"], sealed)

    async def page(
        self, task_id: str, revision: int, *, start: int, limit: int
    ) -> list[tuple[Subtask, Progress]]:
        """Subtasks from a place in the plan's order on, each with how it stands."""
        rows = await self._pool.fetch(_SQL["subtask_page"], task_id, revision, start, limit)
        return [(read_subtask(row["spec"]), progress.read(row)) for row in rows]

    async def edges(self, task_id: str, revision: int) -> list[tuple[SubtaskId, SubtaskId]]:
        """(subtask, what it depends on) of one revision."""
        rows = await self._pool.fetch(_SQL["edges"], task_id, revision)
        return [(row["subtask_id"], row["depends_on"]) for row in rows]

    async def numbers(self, task_id: str) -> dict[AgentId, int]:
        """The highest number given per agent within the task."""
        return {row["agent"]: row["number"] for row in await self._pool.fetch(_SQL["numbers"], task_id)}
