"""What a runner reads when it takes a task, in one round trip."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import islice, starmap
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from agent.store.queries import queries
from agent.store.rows import Pool, Row, known
from approvals.seal import SealedSubtask, unseal_header
from domain.approval import Approval
from domain.attempt import Artifact
from domain.base import JsonObject
from domain.errors import NotFoundError
from domain.ids import AgentId, SubtaskId
from domain.plan import Plan
from domain.request import Request
from domain.subtask import Question, SubtaskState

_SQL = queries("runs")


EdgeRow = tuple[SubtaskId, str, str]
"""What a subtask depends on, of which kind the edge is, and why it is there."""


class Standing(NamedTuple):
    """How a subtask stands, as far as its runner needs to know."""

    state: SubtaskState
    attempt: int = 0
    attempts_allowed: int = 3
    agent: AgentId | None = None
    next_at: datetime | None = None
    outputs: JsonObject | None = None
    question: Question | None = None
    slot: int | None = None


@dataclass(frozen=True)
class Run:
    """A task's plan as sealed texts, and how everything in it stands."""

    request_text: str
    header: str
    plan_hash: str
    planner: str
    level: str
    subtasks: dict[SubtaskId, SealedSubtask]
    beside: dict[SubtaskId, tuple[int, str]]
    """Ordinal and agent, as they stand beside each text."""
    edges: dict[SubtaskId, tuple[EdgeRow, ...]]
    predecessors: dict[SubtaskId, tuple[SubtaskId, ...]]
    standing: dict[SubtaskId, Standing]
    artifacts: dict[SubtaskId, tuple[Artifact, ...]]
    approvals: dict[str, Approval]
    """The latest for each plan hash, without their votes."""

    @cached_property
    def request(self) -> Request:
        """Raises ValidationError for a text that is no request any more."""
        return Request.model_validate_json(self.request_text)

    @property
    def is_whole(self) -> bool:
        """Whether every row knows of the same subtasks."""
        nodes = self.subtasks.keys()
        named = {edge[0] for found in self.edges.values() for edge in found}
        return self.edges.keys() == nodes and self.standing.keys() == nodes and named <= nodes

    @cached_property
    def partly(self) -> frozenset[SubtaskId] | None:
        """What waits for a yes while the rest runs; null where the plan runs as a whole."""
        demand = self.plan.verdict.demand
        return None if demand is None or demand.holds_all else frozenset(self.plan.verdict.gated)

    def hollow(self) -> "Run":
        """The same without subtasks."""
        return replace(self, subtasks={}, beside={}, edges={}, predecessors={}, standing={}, artifacts={})

    @cached_property
    def plan(self) -> Plan:
        """The plan without its subtasks."""
        return unseal_header(self.header)


LARGE: Final = 500
"""Subtasks from which on reading a plan takes the loop from others for too long; a thread reads it then."""


AT_ONCE: Final = 50
"""Tasks that one look may bring."""


Asked = dict["asyncio.Future[Run]", str]
"""Who waits for which task's plan, in the order they came."""


class Runs:
    """Reads for runners, of all who ask while others are read in one round trip."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._asked: Asked = {}
        self._looking: asyncio.Task[None] | None = None

    async def load(self, task_id: str) -> Run:
        """A plan that is gone is one that is empty. Raises NotFoundError for a task that is."""
        mine: asyncio.Future[Run] = asyncio.get_running_loop().create_future()
        self._asked[mine] = task_id
        if self._looking is None:
            # In the loop's next turn, so that all who ask in this one are read together.
            self._looking = asyncio.create_task(self._look())
        return await mine

    async def _look(self) -> None:
        """One after the other: who was first in the queue is first to have his plan."""
        asked = self._next()
        found = await self._rows(asked)
        self._looking = asyncio.create_task(self._look()) if self._asked else None
        await _tell(asked, found)

    def _next(self) -> Asked:
        asked = dict(islice(self._asked.items(), AT_ONCE))
        for each in asked:
            del self._asked[each]
        return asked

    async def _rows(self, asked: Asked) -> dict[str, Row] | Exception:
        try:
            rows = await self._pool.fetch(_SQL["runs"], list(asked.values()))
        except Exception as error:  # noqa: BLE001  handed to all who asked
            return error
        except asyncio.CancelledError:
            # Only a whole worker is called off, and with it all who ask.
            for each in (*asked, *self._asked):
                each.cancel()
            self._asked, self._looking = {}, None
            raise
        return {row["task_id"]: row for row in rows}


async def _tell(asked: Asked, found: dict[str, Row] | Exception) -> None:
    try:
        # Small plans first: nobody waits for a large one to be read.
        for each, task_id in sorted(asked.items(), key=lambda one: _size(one[1], found)):
            run = await _run_of(task_id, found)
            if each.done():
                continue
            if isinstance(run, Exception):
                each.set_exception(run)
            else:
                each.set_result(run)
    finally:
        # Where the reading was called off; so were they, because only a whole worker is.
        for each in asked:
            each.cancel()


def _size(task_id: str, found: dict[str, Row] | Exception) -> int:
    return (
        0 if isinstance(found, Exception) or task_id not in found else len(found[task_id]["standing"] or ())
    )


async def _run_of(task_id: str, found: dict[str, Row] | Exception) -> Run | Exception:
    if isinstance(found, Exception):
        return found
    if task_id not in found:
        return NotFoundError(f"there is no task {task_id!r}")
    try:
        row, large = found[task_id], _size(task_id, found) >= LARGE
        return await asyncio.to_thread(_read, row) if large else _read(row)
    except Exception as error:  # noqa: BLE001  what is wrong with one task is told to nobody else
        return error


def _read(row: Row) -> Run:
    nodes = row["subtasks"] or ()
    edges: dict[SubtaskId, list[EdgeRow]] = {node: [] for node in nodes}
    for node, *edge in _across(row, "edges", "befores", "kinds", "reasons"):
        edges.setdefault(node, []).append((edge[0], edge[1], edge[2]))
    artifacts: dict[SubtaskId, list[Artifact]] = {}
    for node, artifact in from_json(row["artifacts"]):
        artifacts.setdefault(node, []).append(Artifact.model_validate(known(Artifact, artifact)))
    return Run(
        request_text=row["request"],
        header=row["header"],
        plan_hash=row["plan_hash"],
        planner=row["planner"],
        level=row["level"],
        subtasks=dict(
            zip(nodes, starmap(SealedSubtask, _across(row, "subtasks", "texts", "digests")), strict=True)
        ),
        beside=dict(zip(nodes, _across(row, "ordinals", "agents"), strict=True)),
        edges={node: tuple(found) for node, found in edges.items()},
        predecessors={node: tuple([edge[0] for edge in found]) for node, found in edges.items()},
        standing=dict(_standings(row)),
        artifacts={node: tuple(found) for node, found in artifacts.items()},
        approvals=dict(_approvals(from_json(row["approvals"]))),
    )


def _across(row: Row, *columns: str) -> Iterable[tuple[Any, ...]]:
    """What stands in these columns, side by side; a column without rows is null."""
    return zip(*[row[column] or () for column in columns], strict=True)


def _standings(row: Row) -> Iterator[tuple[SubtaskId, Standing]]:
    columns = (
        "standing",
        "states",
        "attempts",
        "allowed",
        "holders",
        "dues",
        "outputs",
        "questions",
        "slots",
    )
    for node, state, attempt, allowed, holder, due, outputs, question, slot in _across(row, *columns):
        yield (
            node,
            Standing(
                state,
                attempt,
                allowed,
                holder,
                due,
                None if outputs is None else from_json(outputs),
                None if question is None else Question.model_validate_json(question),
                slot,
            ),
        )


def _approvals(rows: Iterable[JsonObject]) -> Iterator[tuple[str, Approval]]:
    """One that cannot be read permits nothing, as if it were not there."""
    for row in rows:
        with suppress(ValidationError):
            found = Approval.model_validate(known(Approval, row))
            yield found.plan_hash, found
