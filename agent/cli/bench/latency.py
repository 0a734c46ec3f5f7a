"""How soon one thing follows another: a successor its predecessor, work its approval; and what running costs."""

import asyncio
import itertools
import time
from collections.abc import Sequence
from typing import Final

import httpx
import psutil

from agent.cli.bench import figures
from agent.cli.bench.scratch import Scratch
from agent.cli.bench.seeding import Seeding
from agent.cli.bench.serving import Served, serving
from agent.cli.bench.work import Fan, Held, Timed
from agent.store.pool import connect
from agent.store.queries import queries
from domain.base import JsonObject

_SQL = queries("bench")

CHAIN: Final = 20
IDLE_S: Final = 0.05
RUNNING: Final = (100, 10)
"""Tasks, and subtasks of each that run at once."""

YES: Final = {"approver_id": "bench", "approver_role": "tech_lead", "justification": "it is nothing"}


async def measure(place: Scratch, count: int) -> JsonObject:
    """So many chains, one after the other, and as many approvals."""
    timed = Timed()
    async with serving(place, timed) as served:
        hops = await _hops(served, timed, count)
        approvals = await _approvals(served, timed, count * 5)
    single = await _single(place.floor, count * CHAIN)
    return {
        "work": f"{count} chains of {CHAIN}, one at a time; client, service and worker in one process",
        "predecessor_finished_to_successor_started_ms": figures.milliseconds(hops),
        "approved_to_running_ms": figures.milliseconds(approvals),
        "floor": {"single_commit_ms": figures.milliseconds(single)},
        "ratios": {"hop_to_single_commit": figures.rounded(_middle(hops) / _middle(single))},
        "memory_mib": await _memory(place),
    }


async def _hops(served: Served, timed: Timed, count: int) -> list[float]:
    seeding = await Seeding.into(served.database, Fan(CHAIN - 2, by_one=True))
    found: list[float] = []
    for _ in range(count):
        timed.came.clear()
        timed.went.clear()
        names = await seeding.plan(1)
        await seeding.release(names)
        await seeding.finished(names)
        # A dictionary keeps the order in which calls came, and a chain has no other.
        found += [timed.came[after] - timed.went[before] for before, after in itertools.pairwise(timed.came)]
    return found


async def _approvals(served: Served, timed: Timed, count: int) -> list[float]:
    """From sending the yes over HTTP to the first call; submitted with `execute: true`."""
    seeding, found = await Seeding.into(served.database, Fan(1, asks=True)), []
    async with httpx.AsyncClient(base_url=served.url, trust_env=False) as client:
        for _ in range(count):
            [name] = await seeding.plan(1, execute=True)
            approvals = await served.services.approvals.of(name)
            await asyncio.sleep(IDLE_S)
            timed.arrived.clear()
            began = time.perf_counter()
            answer = await client.post(f"/approve/{approvals[-1].approval_id}", json=YES)
            answer.raise_for_status()
            await timed.arrived.wait()
            found.append(min(timed.came[node] for node in timed.came if name in node) - began)
            await seeding.finished([name])
    return found


async def _single(dsn: str, count: int) -> list[float]:
    connection = await connect(dsn, name="orchestrator bench")
    try:
        statement, found = await connection.prepare(_SQL["one_row"]), []
        for _ in range(count):
            began = time.perf_counter()
            await statement.fetch("floor")
            found.append(time.perf_counter() - began)
        return found
    finally:
        await connection.close()


async def _memory(place: Scratch) -> JsonObject:
    """Of a worker's whole process, before and with a thousand calls under way."""
    process, held, (tasks, width) = psutil.Process(), Held(), RUNNING
    async with serving(place, held) as served:
        seeding = await Seeding.into(served.database, Fan(width))
        names = await seeding.plan(tasks)
        before = process.memory_info().rss
        await seeding.release(names)
        while held.holding < tasks * width:  # noqa: ASYNC110  calls are counted, not announced
            await asyncio.sleep(IDLE_S)
        during = process.memory_info().rss
        held.let_go.set()
        await seeding.finished(names)
    return {
        "at_rest": figures.rounded(before / 2**20),
        f"with_{tasks * width}_running": figures.rounded(during / 2**20),
    }


def _middle(values: Sequence[float]) -> float:
    return figures.percentile(values, 0.5)
