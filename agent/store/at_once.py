"""Plain steps in one round trip: attempts that begin, attempts that ended well, tasks that run or are done.

That is nearly all that a busy worker writes. Whatever else a step holds, and whatever meets an obstacle, goes the long
way (`agent/store/steps.py`), which can say whose obstacle it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, cast

import asyncpg
from pydantic_core import to_json

from agent.store.digest import outputs_digest
from agent.store.layout import JsonRow
from agent.store.queries import queries
from agent.store.rows import Connection
from agent.store.step import End, Start, Step, Turn, Written
from agent.store.steps import BatchResult, held
from domain.base import Json
from domain.event import ENVELOPE, Fact
from domain.facts.subtask import SubtaskCompleted, SubtaskStarted
from domain.facts.task import TaskChanged
from domain.ids import AgentId, SubtaskId

_SQL = queries("steps")

LONG_WAY: Final = "OR001"
"""What the statement says where something is not as the runner knew it."""

ANY: Final = 0
"""For an attempt that takes whichever slot is free."""

PLAIN: Final = frozenset({"task_running", "task_completed"})


class _Freed(NamedTuple):
    """An attempt, and the slot that it has until its end is written."""

    task_id: str
    subtask_id: SubtaskId
    attempt: int
    agent: AgentId
    number: int


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
        self._ends: list[tuple[object, ...]] = []
        self._free: defaultdict[AgentId, list[_Freed]] = defaultdict(list)
        self._starts: list[tuple[object, ...]] = []
        self._asked: list[tuple[str, Start]] = []
        self._artifacts: list[JsonRow] = []
        self.turns: list[JsonRow] = []
        self._slots: dict[tuple[str, SubtaskId], int] = {}
        self._ended: list[Fact] = []
        self._begun: list[Fact] = []
        self._turned: list[Fact] = []
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
        """As they stand in the log."""
        return [*self._ended, *self._turned, *self._begun]

    @property
    def columns(self) -> list[str | None]:
        """Of attempts that ended, of slots that are left free, and of attempts that begin."""
        freed = [slot for left in self._free.values() for slot in left]
        return [*lines(self._ends, 7), *lines(freed, 5), *lines(self._starts, 13)]

    def _end(self, step: Step, end: End) -> None:
        task, node = step.task_id, end.subtask_id
        if end.slot is not None and end.frees:
            self._free[end.agent].append(_Freed(task, node, end.number, end.agent, end.slot))
        for artifact in end.artifacts:
            place = {"task_id": task, "subtask_id": node, "attempt": end.number}
            self._artifacts.append(place | artifact.model_dump())
        told = {
            "attempt": end.number,
            "outputs_digest": outputs_digest(end.outputs or {}),
            "artifacts": end.artifacts,
            "cost_usd": end.cost_usd,
            "seconds": end.seconds,
        }
        outputs = None if end.outputs is None else _json(end.outputs)
        self._ends.append((task, node, end.number, end.agent, outputs, end.cost_usd, _json(told)))
        self._ended.append(
            SubtaskCompleted.trusted(kind="subtask_completed", task_id=task, subtask_id=node, **told)
        )

    def _start(self, step: Step, start: Start) -> None:
        task, node = step.task_id, start.subtask_id
        told = {
            "attempt": start.number,
            "agent": start.agent,
            "epoch": step.epoch,
            "digest": start.digest,
        }
        attempt = (start.number, step.epoch, start.agent, start.key, start.timeout_s)
        self._starts.append((task, node, start.was, *attempt, _json(told), *self._seat(task, start)))
        self._begun.append(
            SubtaskStarted.trusted(kind="subtask_started", task_id=task, subtask_id=node, **told)
        )

    def _seat(self, task: str, start: Start) -> tuple[int | None, str | None, str | None, int | None]:
        """Which slot it takes, and from which attempt."""
        if not start.limited:
            return None, None, None, None
        if left := self._free[start.agent]:
            freed = left.pop()
            self._slots[task, start.subtask_id] = freed.number
            return freed.number, freed.task_id, freed.subtask_id, freed.attempt
        self._asked.append((task, start))
        return ANY, None, None, None

    def _turn(self, step: Step, turn: Turn) -> None:
        assert turn.kind is not None
        fact = TaskChanged(
            kind=turn.kind,
            task_id=step.task_id,
            status=turn.status,
            needs_review=turn.needs_review,
            reason=turn.reason,
        )
        self.turns.append(
            {
                "task_id": step.task_id,
                "status": turn.status,
                "needs_review": turn.needs_review,
                "reason": turn.reason,
                "checkpoints": turn.checkpoints,
                "release": turn.release,
                "kind": turn.kind,
                "fact": _fields(fact),
            }
        )
        self._turned.append(fact)

    async def write(
        self, connection: Connection, worker_id: int, batch: int, actor: str
    ) -> BatchResult | None:
        """One statement, one transaction; None: nothing was written, and the long way will say why."""
        guards = held(self._steps)
        rest = (self._artifacts or None, self.turns or None)
        try:
            row = await connection.fetchrow(
                _SQL["at_once"], worker_id, batch, actor, guards, *self.columns, *rest
            )
        except asyncpg.PostgresError as error:
            if error.sqlstate != LONG_WAY:
                raise
            return None
        if row is None or row["refused"]:
            return None
        return self._result(row["slots"] or (), turn=bool(row["turn"]))

    async def told_again(self, connection: Connection, _worker_id: int) -> BatchResult:
        """What came of a batch that was committed, where its answer was lost."""
        asked = [(start.agent, task, start.subtask_id, start.number) for task, start in self._asked]
        rows = await connection.fetch(_SQL["slots_of"], *_columns(asked, 4))
        return self._result([row["number"] for row in rows], turn=True)

    def _result(self, numbers: Sequence[int], *, turn: bool) -> BatchResult:
        for (task, start), number in zip(self._asked, numbers, strict=True):
            self._slots[task, start.subtask_id] = number
        return BatchResult([self._written(step) for step in self._steps], turn, self.facts)

    def _written(self, step: Step) -> Written:
        task, slots = step.task_id, self._slots
        return Written(
            slots={s.subtask_id: slots[task, s.subtask_id] for s in step.starts if s.limited},
        )


def _columns(rows: Iterable[tuple[object, ...]], width: int) -> list[tuple[object, ...]]:
    return list(zip(*rows, strict=True)) or [()] * width


def lines(rows: Sequence[tuple[object, ...]], width: int) -> list[str | None]:
    """Each column as one text, a line a row: of an array the driver looks at every element, and of texts twice."""
    return [_text(column) for column in zip(*rows, strict=True)] or [None] * width


def _text(column: Sequence[object]) -> str:
    try:
        text = "\n".join(cast("Sequence[str]", column))
    except TypeError:  # numbers, or something that is not there
        text = "\n".join(["" if value is None else str(value) for value in column])
    if text.count("\n") >= len(column):
        raise ValueError("what a step writes holds a line feed where none may be")
    return text


def _fields(fact: Fact) -> dict[str, Json]:
    """What stands in the log beside its kind and its ids."""
    fields = dict(fact.__dict__)
    for name in ENVELOPE:
        fields.pop(name, None)
    return fields


def _json(value: object) -> str:
    return to_json(value).decode()
