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
    """Some subtasks of the floor's: their tasks, their ids, and the slot that each takes."""

    tasks: Sequence[str]
    nodes: Sequence[str]
    slots: Sequence[int]


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
        nobody = Rows((), (), ())
        began = time.perf_counter()
        for starts, ends in zip([*begun, nobody], [nobody, *begun], strict=True):
            async with connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock(7233, 1)")
                await statement.fetch(*starts, *ends, agent_name(0), {"done": True}, _DATA)
                await connection.execute("SELECT pg_notify('orchestrator_events', '')")
        return len(nodes) / (time.perf_counter() - began)
    finally:
        await connection.close()


def _in_groups(nodes: Sequence[tuple[str, str]], groups: int) -> Iterator[Rows]:
    size = max(1, min(SLOTS, -(-len(nodes) // groups)))
    for start in range(0, len(nodes), size):
        part = nodes[start : start + size]
        yield Rows([task for task, _ in part], [node for _, node in part], list(range(1, len(part) + 1)))


async def conditions(connection: OwnConnection) -> dict[str, str]:
    row = await connection.fetchrow(_SQL["conditions"])
    assert row is not None
    return dict(row)
