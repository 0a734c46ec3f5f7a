"""What this machine's Postgres can do at all: single commits, and the engine's own rows without the engine."""

import time
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from agent.cli.bench.work import SLOTS, agent_name
from agent.store.pool import connect
from agent.store.queries import queries
from agent.store.rows import OwnConnection

_SQL = queries("bench")
_SLOTS = queries("agents")

SINGLE_S: Final = 1.0
_DATA: Final = {"attempt": 1, "agent": "bench", "epoch": 1, "digest": "0" * 64}


class Rows(NamedTuple):
    """Some subtasks of the floor's: their tasks, their ids, and the slot that each takes.

    `opened` and `closed` are the tasks of which the first, or the last, is among them.
    """

    tasks: Sequence[str] = ()
    nodes: Sequence[str] = ()
    slots: Sequence[int] = ()
    opened: Sequence[str] = ()
    closed: Sequence[str] = ()


async def single_commits(dsn: str, seconds: float = SINGLE_S) -> float:
    """Commits of one row a second, one after the other on one connection."""
    connection = await connect(dsn, name="orchestrator bench")
    try:
        statement = await connection.prepare(_SQL["one_row"])
        done, began = 0, time.perf_counter()
        while (took := time.perf_counter() - began) < seconds:
            await statement.fetch("floor")
            done += 1
        return done / took
    finally:
        await connection.close()


async def bare_groups(dsn: str, nodes: Sequence[tuple[str, str]], groups: int) -> float:
    """Subtasks a second: the rows of these subtasks' starts and ends in so many commits, and nothing else."""
    connection = await connect(dsn, name="orchestrator bench")
    try:
        await connection.execute(_SLOTS["add_slots"], [agent_name(0)], [SLOTS])
        statement = await connection.prepare(_SQL["bare_group"])
        begun = list(_in_groups(nodes, max(2, groups)))
        began = time.perf_counter()
        for starts, ends in zip([*begun, Rows()], [Rows(), *begun], strict=True):
            await statement.fetch(
                *starts[:3], *ends[:3], agent_name(0), {"done": True}, _DATA, starts.opened, ends.closed
            )
        return len(nodes) / (time.perf_counter() - began)
    finally:
        await connection.close()


def _in_groups(nodes: Sequence[tuple[str, str]], groups: int) -> Iterator[Rows]:
    """A task's subtasks stand together."""
    size = max(1, min(SLOTS, -(-len(nodes) // groups)))
    first = {task: place for place, (task, _) in reversed(list(enumerate(nodes)))}
    last = {task: place for place, (task, _) in enumerate(nodes)}
    for start in range(0, len(nodes), size):
        part = nodes[start : start + size]
        places = range(start, start + len(part))
        yield Rows(
            [task for task, _ in part],
            [node for _, node in part],
            list(range(1, len(part) + 1)),
            [task for task in dict(part) if first[task] in places],
            [task for task in dict(part) if last[task] in places],
        )


async def conditions(connection: OwnConnection) -> dict[str, str]:
    row = await connection.fetchrow(_SQL["conditions"])
    assert row is not None
    return dict(row)
