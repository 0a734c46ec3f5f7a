"""Writing the steps of many runners in one transaction, set-wise."""

from collections.abc import Sequence
from typing import NamedTuple, assert_never

from agent.store import queue, tasks
from agent.store.layout import JsonRow, Layout, SlotKey
from agent.store.queries import queries
from agent.store.rows import Connection
from agent.store.step import Consent, Step, Take, Taken, Written
from agent.store.tickets import ADVANCE, issue
from domain.errors import FencedError, LostRaceError
from domain.event import Fact
from domain.facts.house import QueueChanged
from domain.task import Task

_SQL = queries("steps")
_TASKS = queries("tasks")
_RUNS = queries("runs")
_EVENTS = queries("events")
_QUEUE = queries("queue")


Outcome = Written | Taken | FencedError


class BatchResult(NamedTuple):
    """What became of each entry, in order; `turn`: somebody who waited for a slot may have his turn now."""

    outcomes: list[Outcome]
    turn: bool
    facts: list[Fact]


async def write_batch(
    connection: Connection, worker_id: int, batch: int, entries: Sequence[Step | Take], actor: str
) -> BatchResult:
    """Write what passes its guard, within the caller's transaction; the others are told FencedError.

    The log is appended to last, so the caller must commit at once. Raises LostRaceError where a guarded row
    was not as its step expected, FencedError where the worker itself was given up for dead.
    """
    steps = [entry for entry in entries if isinstance(entry, Step)]
    taken = await _take(connection, worker_id, [entry for entry in entries if isinstance(entry, Take)])
    passed = await _hold(connection, worker_id, steps)
    slots = await _slots(connection, [step for step in steps if step.task_id in passed])
    layout = Layout(slots.taken)
    outcomes: list[Outcome] = []
    for entry in entries:
        match entry:
            case Take(task_id):
                outcomes.append(Taken(taken.pop(task_id, None)))
            case Step() if entry.task_id in passed:
                outcomes.append(layout.add(entry))
            case Step():
                outcomes.append(FencedError(f"task {entry.task_id} is owned or changed by somebody else"))
            case other:
                assert_never(other)
    turn = await _write(connection, worker_id, batch, layout) or slots.left
    await _set_timers(connection, layout.rows["tasks"])
    facts = layout.facts
    if any(end["final"] for end in layout.rows["ends"]) and (
        stopped := await queue.stop_on_failure(connection)
    ):
        facts.append(QueueChanged(settings=stopped, reason="a subtask failed, and stop_on_failure is set"))
    if facts:
        await connection.execute(_EVENTS["append"], actor, facts)
    return BatchResult(outcomes, turn, facts)


async def _take(connection: Connection, worker_id: int, takes: Sequence[Take]) -> dict[str, Task]:
    if not takes:
        return {}
    wanted = {take.task_id for take in takes}
    rows = await connection.fetch(_RUNS["take"], worker_id, list(wanted))
    if (rest := wanted - {row["task_id"] for row in rows}) and (
        limit := await connection.fetchval(_QUEUE["limit"])
    ):
        rows += await connection.fetch(_RUNS["take_limited"], worker_id, list(rest), limit)
    return {row["task_id"]: tasks.read(row) for row in rows}


async def _hold(connection: Connection, worker_id: int, steps: Sequence[Step]) -> set[str]:
    if not steps:
        return set()
    wanted = held(steps)
    return {row["task_id"] for row in await connection.fetch(_SQL["hold"], worker_id, wanted)}


def held(steps: Sequence[Step]) -> list[JsonRow]:
    """Under what each of them may be written."""
    return [
        {"task_id": s.task_id, "epoch": s.epoch, "version": s.version, **_consent(s.consent)} for s in steps
    ]


def _consent(consent: Consent | None) -> JsonRow:
    if consent is None:
        return {}
    if consent.approval_id is None:
        return {"plan_hash": consent.plan_hash}
    return {
        "plan_hash": consent.plan_hash,
        "approval": str(consent.approval_id),
        "gated": consent.gated,
        "anew": consent.anew,
    }


class _Slots(NamedTuple):
    """What was given to whom; `left`: there is a slot for somebody who waits and does not ask just now."""

    taken: dict[SlotKey, int]
    left: bool


async def _slots(connection: Connection, steps: Sequence[Step]) -> _Slots:
    """Free what ends here and hand out what is free, down the line."""
    asked = _asked(steps)
    if not asked:
        return _Slots({}, left=False)
    agents = {row["agent"] for row in asked}
    ends = [
        {
            "agent": end.agent,
            "slot": end.slot,
            "task_id": step.task_id,
            "subtask_id": end.subtask_id,
            "number": end.number,
        }
        for step in steps
        for end in step.ends
        if end.frees and end.slot is not None and end.agent in agents
    ]
    if ends:
        await connection.execute(_SQL["free_slots"], ends)
    rows = await connection.fetch(_SQL["take_slots"], asked)
    taken = {(row["task_id"], row["subtask_id"]): row["number"] for row in rows if row["subtask_id"]}
    return _Slots(taken, left=len(rows) > len(taken))


def _asked(steps: Sequence[Step]) -> list[JsonRow]:
    starts = [(step, start) for step in steps for start in step.starts if start.limited]
    return [
        {
            "place": place,
            "agent": start.agent,
            "task_id": step.task_id,
            "subtask_id": start.subtask_id,
            "priority": step.priority,
            "due_at": step.due_at,
        }
        for place, (step, start) in enumerate(starts)
    ]


async def _write(connection: Connection, worker_id: int, batch: int, layout: Layout) -> bool:
    rows = layout.rows
    row = await connection.fetchrow(_SQL["write"], rows, worker_id, batch)
    if row is None or not row["marked"]:
        raise FencedError(f"worker {worker_id} was given up for dead; its tasks are with others")
    if row["moved"] != len(rows["moves"]) or row["ended"] != len(rows["ends"]):
        raise LostRaceError(
            f"{len(rows['moves']) - row['moved']} subtasks and {len(rows['ends']) - row['ended']} attempts "
            "were not as their runner knew them"
        )
    if cancelled := [task["task_id"] for task in rows["tasks"] if task["status"] == "cancelled"]:
        await connection.execute(_TASKS["cancel_rest"], cancelled)
    if resting := [
        task["task_id"]
        for task in rows["tasks"]
        if task["status"] in {"cancelled", "paused", "failed", "blocked"}
    ]:
        await connection.execute(_TASKS["leave_line"], resting)
    return bool(row["turn"])


async def _set_timers(connection: Connection, turned: Sequence[JsonRow]) -> None:
    """A ticket for when each resting task wants to be looked at; `wake_at` is the truth, should it be lost."""
    for row in turned:
        if row["release"] and row["wake_at"] is not None:
            await issue(connection, ADVANCE, row["task_id"], at=row["wake_at"])
