"""Plain steps in one round trip: attempts that begin, attempts that ended well, tasks that run or are done.

That is nearly all that a busy worker writes. Whatever else a step holds, and whatever meets an obstacle, goes the long
way (`agent/store/steps.py`), which can say whose obstacle it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import asyncpg
from pydantic_core import to_json

from agent.store.digest import outputs_digest
from agent.store.queries import queries
from agent.store.rows import Connection
from agent.store.step import End, Start, Step, Turn, Written
from agent.store.steps import BatchResult
from domain.base import Json
from domain.event import ENVELOPE, Fact, SubtaskCompleted, SubtaskStarted, TaskChanged
from domain.ids import AgentId, SubtaskId

_SQL = queries("steps")

LONG_WAY: Final = "OR001"
"""What the statement says where something is not as the runner knew it."""

PLAIN: Final = frozenset({"task_running", "task_completed"})


class _Freed(NamedTuple):
    """A slot, and the attempt that has it until its end is written."""

    agent: AgentId
    number: int
    task_id: str
    subtask_id: SubtaskId
    attempt: int


class _Asked(NamedTuple):
    agent: AgentId
    task_id: str
    subtask_id: SubtaskId
    attempt: int
    timeout_s: float


def is_plain(step: Step) -> bool:
    return (
        not step.holds
        and (step.turn is None or step.turn.kind in PLAIN)
        and all(end.state == "completed" for end in step.ends)
    )


class AtOnce:
    """The columns of a batch of plain steps, and its facts in order.

    A slot that an attempt leaves goes to one that begins in the same batch, where nobody waits in line for it; the
    statement makes sure of that.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps
        self._held = sorted((step.task_id, step.epoch, step.version) for step in steps)
        self._ends: list[tuple[str, str, int, str, str, float]] = []
        self._free: defaultdict[AgentId, list[_Freed]] = defaultdict(list)
        self._passed: list[tuple[str, int, str, str, int, str, str, int, float]] = []
        self._asked: list[_Asked] = []
        self._starts: list[tuple[str, str, str, int, int, int, str, str, float]] = []
        self._artifacts: list[Mapping[str, object]] = []
        self._turns: list[Mapping[str, object]] = []
        self._slots: dict[tuple[str, SubtaskId], int] = {}
        self._ended: list[Fact] = []
        self._begun: list[Fact] = []
        for step in steps:
            for end in step.ends:
                self._end(step, end)
        for step in steps:
            for start in step.starts:
                self._start(step, start)
            if step.turn is not None:
                self._turn(step, step.turn)

    @property
    def facts(self) -> list[Fact]:
        """Ends before starts, so that no reader of the log counts more at once than there are slots."""
        return [*self._ended, *self._begun]

    def _end(self, step: Step, end: End) -> None:
        outputs = to_json(end.outputs).decode()
        self._ends.append((step.task_id, end.subtask_id, end.number, end.agent, outputs, end.cost_usd))
        if end.slot is not None and end.frees:
            freed = _Freed(end.agent, end.slot, step.task_id, end.subtask_id, end.number)
            self._free[end.agent].append(freed)
        self._artifacts.extend(
            {"task_id": step.task_id, "subtask_id": end.subtask_id, "attempt": end.number}
            | artifact.model_dump()
            for artifact in end.artifacts
        )
        self._ended.append(
            SubtaskCompleted.trusted(
                kind="subtask_completed",
                task_id=step.task_id,
                subtask_id=end.subtask_id,
                attempt=end.number,
                outputs_digest=outputs_digest(end.outputs or {}),
                artifacts=end.artifacts,
                cost_usd=end.cost_usd,
                seconds=end.seconds,
            )
        )

    def _start(self, step: Step, start: Start) -> None:
        task, node = step.task_id, start.subtask_id
        self._starts.append(
            (
                task,
                node,
                start.was,
                start.was_attempt,
                start.number,
                step.epoch,
                start.agent,
                start.key,
                start.timeout_s,
            )
        )
        if start.limited:
            self._seat(task, start)
        self._begun.append(
            SubtaskStarted.trusted(
                kind="subtask_started",
                task_id=task,
                subtask_id=node,
                attempt=start.number,
                agent=start.agent,
                epoch=step.epoch,
                digest=start.digest,
            )
        )

    def _seat(self, task: str, start: Start) -> None:
        if left := self._free[start.agent]:
            freed = left.pop()
            self._passed.append((*freed, task, start.subtask_id, start.number, start.timeout_s))
            self._slots[task, start.subtask_id] = freed.number
        else:
            self._asked.append(_Asked(start.agent, task, start.subtask_id, start.number, start.timeout_s))

    def _turn(self, step: Step, turn: Turn) -> None:
        self._turns.append(
            {
                "task_id": step.task_id,
                "status": turn.status,
                "needs_review": turn.needs_review,
                "reason": turn.reason,
                "checkpoints": turn.checkpoints,
                "release": turn.release,
            }
        )
        assert turn.kind is not None
        self._begun.append(
            TaskChanged(
                kind=turn.kind,
                task_id=step.task_id,
                status=turn.status,
                needs_review=turn.needs_review,
                reason=turn.reason,
            )
        )

    async def write(
        self, connection: Connection, worker_id: int, batch: int, actor: str
    ) -> BatchResult | None:
        """One statement, one transaction; None: nothing was written, and the long way will say why."""
        facts = self.facts
        try:
            row = await connection.fetchrow(
                _SQL["at_once"],
                worker_id,
                batch,
                actor,
                *_columns(self._held, 3),
                *_columns(self._ends, 6),
                *_columns([freed for left in self._free.values() for freed in left], 5),
                *_columns(self._passed, 9),
                *_columns(self._asked, 5),
                *_columns(self._starts, 9),
                self._artifacts or None,
                self._turns or None,
                *_columns([told(fact) for fact in facts], 4),
            )
        except asyncpg.PostgresError as error:
            if error.sqlstate != LONG_WAY:
                raise
            return None
        if row is None or row["refused"] is not None:
            return None
        return self._result(row["slots"] or (), turn=bool(row["turn"]))

    async def told_again(self, connection: Connection) -> BatchResult:
        """What came of a batch that was committed, where its answer was lost."""
        columns = _columns(self._asked, 5)[:4]
        numbers = [row["number"] for row in await connection.fetch(_SQL["slots_of"], *columns)]
        return self._result(numbers, turn=True)

    def _result(self, numbers: Sequence[int], *, turn: bool) -> BatchResult:
        for asked, number in zip(self._asked, numbers, strict=True):
            self._slots[asked.task_id, asked.subtask_id] = number
        return BatchResult([self._written(step) for step in self._steps], turn, self.facts)

    def _written(self, step: Step) -> Written:
        task, slots = step.task_id, self._slots
        return Written(
            slots={s.subtask_id: slots[task, s.subtask_id] for s in step.starts if s.limited},
        )


def _columns(rows: Iterable[tuple[object, ...]], width: int) -> list[tuple[object, ...]]:
    return list(zip(*rows, strict=True)) or [()] * width


def told(fact: Fact) -> tuple[str, str | None, str | None, str]:
    """An event's columns. Only of facts whose fields are plain values by themselves."""
    fields: dict[str, Json] = fact.__dict__
    data = to_json({name: value for name, value in fields.items() if name not in ENVELOPE})
    return fact.kind, fact.task_id, getattr(fact, "subtask_id", None), data.decode()
