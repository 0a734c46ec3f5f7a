"""What a runner reads when it takes a task, in one round trip."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple

from pydantic_core import from_json

from agent.store.queries import queries
from agent.store.rows import Pool, Row
from approvals.seal import SealedSubtask, unseal
from domain.approval import Approval
from domain.attempt import Artifact
from domain.base import JsonObject
from domain.errors import NotFoundError
from domain.ids import AgentId, SubtaskId
from domain.plan import Plan
from domain.request import Request
from domain.subtask import Question, SubtaskState

_SQL = queries("runs")


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

    request: Request
    header: str
    plan_hash: str
    subtasks: dict[SubtaskId, SealedSubtask]
    predecessors: dict[SubtaskId, tuple[SubtaskId, ...]]
    standing: dict[SubtaskId, Standing]
    artifacts: dict[SubtaskId, tuple[Artifact, ...]]
    approvals: dict[str, Approval]
    """The latest for each plan hash, without their votes."""

    @cached_property
    def plan(self) -> Plan:
        """The plan without its subtasks."""
        return unseal(self.header, [])


_JSON: Final = frozenset({"subtasks", "edges", "progress", "artifacts", "approvals"})

LARGE: Final = 500
"""Subtasks from which on reading a plan takes the loop from others for too long; a thread reads it then."""


async def load(pool: Pool, task_id: str) -> Run:
    """Raises NotFoundError for a task without a plan."""
    row = await pool.fetchrow(_SQL["run"], task_id)
    if row is None:
        raise NotFoundError(f"task {task_id!r} has no plan")
    return _read(row) if row["size"] < LARGE else await asyncio.to_thread(_read, row)


def _read(record: Row) -> Run:
    row = {name: from_json(value) if name in _JSON else value for name, value in record.items()}
    predecessors: dict[SubtaskId, list[SubtaskId]] = {entry[0]: [] for entry in row["subtasks"]}
    for node, before in row["edges"]:
        predecessors[node].append(before)
    artifacts: dict[SubtaskId, list[Artifact]] = {}
    for node, artifact in row["artifacts"]:
        artifacts.setdefault(node, []).append(Artifact.model_validate(artifact))
    return Run(
        request=Request.model_validate_json(row["request"]),
        header=row["header"],
        plan_hash=row["plan_hash"],
        subtasks={entry[0]: SealedSubtask(*entry) for entry in row["subtasks"]},
        predecessors={node: tuple(before) for node, before in predecessors.items()},
        standing={entry[0]: _standing(*entry[1:]) for entry in row["progress"]},
        artifacts={node: tuple(found) for node, found in artifacts.items()},
        approvals={found["plan_hash"]: Approval.model_validate(found) for found in row["approvals"]},
    )


def _standing(  # noqa: PLR0917  the columns of the query
    state: SubtaskState,
    attempt: int,
    allowed: int,
    agent: str | None,
    next_at: str | None,
    outputs: JsonObject | None,
    question: JsonObject | None,
    slot: int | None,
) -> Standing:
    return Standing(
        state,
        attempt,
        allowed,
        agent,
        None if next_at is None else datetime.fromisoformat(next_at),
        outputs,
        None if question is None else Question.model_validate(question),
        slot,
    )
