"""What letting go of old tasks costs, and what it costs those who work meanwhile.

    python -m bench.prune [TASKS]          prints JSON; 1 000 ended tasks of ten, and then ten times as many

Postgres is embedded unless DATABASE_URL names one in which databases may be made.
"""

import asyncio
import json
import statistics
import sys
import time
from datetime import timedelta
from typing import Any, Final

from agent.bootstrap.serve import serve
from agent.cli.bench.scratch import Scratch, scratch
from agent.cli.bench.seeding import Seeding
from agent.cli.bench.stored import fill
from agent.cli.bench.work import Fan, Timed
from agent.cli.loop import run
from agent.service.served import Services
from agent.store.database import open_database

OF_EACH: Final = 10
AT_ONCE: Final = 100
"""Tasks a call, as the command line asks for them."""

WORK: Final = 100
HOPS: Final = 40
NOW: Final = timedelta(0)


async def let_go(service: Services, calls: int) -> list[float]:
    """Seconds of each call; fewer of them where nothing is left."""
    took = []
    for _ in range(calls):
        began = time.perf_counter()
        pruned = await service.pruning.prune(NOW, limit=AT_ONCE, dry_run=False, actor="bench")
        if not pruned.tasks:
            break
        took.append(time.perf_counter() - began)
    return took


class Work:
    """Graphs of 1 → 8 → 1: many at once, and one after the other."""

    def __init__(self, seeding: Seeding, timed: Timed) -> None:
        self._seeding, self._timed = seeding, timed

    async def per_s(self) -> float:
        names = await self._seeding.plan(WORK)
        began = await self._seeding.release(names)
        return WORK * OF_EACH / (await self._seeding.finished(names) - began).total_seconds()

    async def hops_ms(self) -> list[float]:
        """From the end of the last predecessor to the call of its successor, with nothing else to do."""
        found = []
        for _ in range(HOPS):
            names = await self._seeding.plan(1)
            self._timed.came.clear()
            self._timed.went.clear()
            await self._seeding.release(names)
            await self._seeding.finished(names)
            *before, last = sorted(self._timed.came, key=lambda node: self._timed.came[node])
            found.append((self._timed.came[last] - max(self._timed.went[node] for node in before)) * 1_000)
        return found


def quantiles(found: list[float]) -> dict[str, float]:
    return {"p50": round(statistics.median(found), 1), "p95": round(sorted(found)[len(found) * 95 // 100], 1)}


async def measured(place: Scratch, tasks: int) -> dict[str, Any]:
    await fill(place, tasks * OF_EACH)
    timed = Timed()
    async with (
        open_database(place.stack.database_url) as database,
        serve(place.settings, place.stack, specialist=timed) as service,
    ):
        calls = tasks // AT_ONCE
        alone = await let_go(service, calls // 2)
        work = Work(await Seeding.into(database, Fan(OF_EACH - 2)), timed)
        await work.per_s()
        quiet, quiet_hops = await work.per_s(), await work.hops_ms()
        pruning = asyncio.create_task(let_go(service, calls))
        beside, beside_hops, was_pruning = await work.per_s(), await work.hops_ms(), not pruning.done()
        rest = await pruning
    return {
        "tasks": tasks,
        "tasks_per_s": round(AT_ONCE * len(alone) / sum(alone)),
        "call_of_100_s": {"first": round(alone[0], 2), "last": round(alone[-1], 2)},
        "beside_work": {
            "tasks_per_s": round(AT_ONCE * len(rest) / sum(rest)),
            "pruned_all_along": was_pruning,
            "subtasks_per_s": {"alone": round(quiet), "while_pruning": round(beside)},
            "hop_ms": {"alone": quantiles(quiet_hops), "while_pruning": quantiles(beside_hops)},
        },
    }


async def prune(tasks: int) -> list[dict[str, Any]]:
    found = []
    for count in (tasks, 10 * tasks):
        async with scratch() as place:
            found.append(await measured(place, count))
    return found


if __name__ == "__main__":
    print(json.dumps(run(prune(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)), indent=2))
