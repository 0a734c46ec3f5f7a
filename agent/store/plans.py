"""Plans in the database: sealed texts, written once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from pydantic_core import to_json

from agent.apart import apart
from agent.store import progress
from agent.store.changes import Planned
from agent.store.queries import queries
from agent.store.rows import Connection, Pool, Row
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


class PlanRows(NamedTuple):
    """A revision as the database has it: ten thousand rows are read by a thread."""

    plan: Row
    subtasks: Sequence[Row]

    def stored(self) -> StoredPlan:
        sealed = (SealedSubtask(row["subtask_id"], row["spec"], row["digest"]) for row in self.subtasks)
        return StoredPlan(self.plan["header"], self.plan["plan_hash"], tuple(sealed))


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
    large = len(plan.subtasks) > SLICE
    rows = await apart(partial(_Rows.of, new)) if large else _Rows.of(new)
    for part in rows.subtasks:
        await connection.execute(_SQL["insert_subtasks"], plan.task_id, plan.revision, part)
    for part in rows.edges:
        await connection.execute(_SQL["insert_edges"], plan.task_id, plan.revision, part)
    if not new.keep:
        await connection.execute(_SQL["clear_progress"], plan.task_id)
        for part in rows.progress:
            await connection.execute(_SQL["insert_progress"], plan.task_id, part)
    return True


class _Rows(NamedTuple):
    """What is written of a plan's subtasks, as JSON and in slices: thirty megabytes in one go would take the loop,
    and every thread, from everybody else.
    """

    subtasks: list[str]
    edges: list[str]
    progress: list[str]

    @classmethod
    def of(cls, new: Planned) -> "_Rows":
        plan = new.plan
        subtasks = (
            {
                "ordinal": subtask.ordinal,
                "subtask_id": subtask.subtask_id,
                "agent": subtask.agent or UNASSIGNED,
                "digest": sealed.digest,
                "spec": sealed.text,
            }
            for subtask, sealed in zip(plan.subtasks, new.seal.subtasks, strict=True)
        )
        edges = (
            {"subtask_id": s.subtask_id, "depends_on": edge.on, "kind": edge.kind, "reason": edge.reason}
            for s in plan.subtasks
            for edge in s.depends_on
        )
        progress = (
            {
                "subtask_id": subtask.subtask_id,
                "ordinal": subtask.ordinal,
                "state": new.states[subtask.subtask_id][0],
                "agent": subtask.agent,
                "question": new.states[subtask.subtask_id][1],
            }
            for subtask in plan.subtasks
            if not new.keep
        )
        return cls(_slices(subtasks), _slices(edges), _slices(progress))


def _slices(rows: Iterable[Mapping[str, object]]) -> list[str]:
    rest = iter(rows)
    return [to_json(part).decode() for part in iter(lambda: list(islice(rest, SLICE)), [])]


def read_standing(row: Row) -> tuple[Subtask, Progress]:
    return read_subtask(row["spec"]), progress.read(row)


class Plans:
    """Reading plans."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def get(self, task_id: str, revision: int) -> StoredPlan:
        """Raises NotFoundError."""
        return (await self.rows(task_id, revision)).stored()

    async def rows(self, task_id: str, revision: int) -> PlanRows:
        """The same, yet to be read. Raises NotFoundError."""
        header = await self._pool.fetchrow(_SQL["plan"], task_id, revision)
        if header is None:
            raise NotFoundError(f"task {task_id!r} has no plan of revision {revision}")
        return PlanRows(header, await self._pool.fetch(_SQL["subtasks"], task_id, revision))

    async def page(self, task_id: str, revision: int, *, start: int, limit: int) -> list[Row]:
        """Subtasks from a place in the plan's order on, each with how it stands: to be read by `read_standing`."""
        return await self._pool.fetch(_SQL["subtask_page"], task_id, revision, start, limit)

    async def edges(self, task_id: str, revision: int) -> list[tuple[SubtaskId, SubtaskId]]:
        """(subtask, what it depends on) of one revision."""
        rows = await self._pool.fetch(_SQL["edges"], task_id, revision)
        return [(row["subtask_id"], row["depends_on"]) for row in rows]

    async def numbers(self, task_id: str) -> dict[AgentId, int]:
        """The highest number given per agent within the task."""
        return {row["agent"]: row["number"] for row in await self._pool.fetch(_SQL["numbers"], task_id)}
