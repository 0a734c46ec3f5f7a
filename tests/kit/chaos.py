"""Workers that are killed and frozen at random, from a seed, over a set of tasks; and what the log says afterwards."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.store import agents as store_agents
from agent.store.database import open_database
from domain.errors import OrchestratorError
from domain.plan import Plan, Subtask
from tests.kit.checker import Checker
from tests.kit.columns import differences
from tests.kit.house import SOON, House
from tests.kit.plans import gated, plan_of, subtask
from tests.kit.zygote import LIMITS, MANIFEST

ROOT = Path(__file__).parents[2]


class Zygote:
    """Starts workers in milliseconds, and knows those that it started."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.kit.zygote"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.alive: dict[str, int] = {}
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == "ready"

    def start(self, name: str, *, seed: int = 0, crash_after: int | None = None, wall_h: float = 0.0) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"dsn": self._dsn, "name": name, "seed": seed, "crash_after": crash_after, "wall_h": wall_h}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        self.alive[name] = int(self._process.stdout.readline())

    def signal(self, name: str, what: signal.Signals) -> None:
        os.kill(self.alive[name], what)
        if what == signal.SIGKILL:
            del self.alive[name]

    def close(self) -> None:
        for pid in self.alive.values():
            for what in (signal.SIGCONT, signal.SIGKILL):
                try:
                    os.kill(pid, what)
                except ProcessLookupError:
                    break
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(SOON)
        assert self._process.stdout is not None
        self._process.stdout.close()


@asynccontextmanager
async def scene(dsn: str) -> AsyncIterator[tuple[House, Zygote]]:
    """A house without workers of its own, and a zygote for as many as are wanted."""
    async with open_database(dsn) as database:
        specialist: Any = None
        house = House(database, MANIFEST, specialist)
        async with database.transaction("manifest") as tx:
            await store_agents.list_manifest(tx.connection, MANIFEST)
            await tx.connection.execute("CREATE TABLE IF NOT EXISTS effect (subtask_id text, attempt int)")
        await house.clock.sync(database.pool)
        keeping = asyncio.create_task(house.clock.keep(database.pool))
        zygote = await asyncio.to_thread(Zygote, dsn)
        try:
            yield house, zygote
        finally:
            keeping.cancel()
            await asyncio.to_thread(zygote.close)


async def verdict(house: House) -> tuple[Checker, list[str]]:
    """What the log says, what the stored columns say otherwise, and what took effect twice and may not have."""
    checker = Checker(LIMITS).read(await house.log())
    wrong = checker.violations() + await differences(house.database.pool, await house.fold())
    twice = await house.database.pool.fetch(
        "SELECT subtask_id FROM effect WHERE subtask_id LIKE '%::once%' GROUP BY 1 HAVING count(*) > 1"
    )
    return checker, wrong + [f"{row['subtask_id']} took effect twice" for row in twice]


def drawn(task: str, size: int, draw: random.Random) -> Plan:
    """A random graph: mostly harmless work, some that fails now and then, some that may not be repeated."""
    nodes: list[Subtask] = []
    for place in range(size):
        kind = draw.choices(["calm", "flaky", "once"], [70, 25, 5])[0]
        before = draw.sample(range(place), min(place, draw.choice([0, 1, 1, 2])))
        nodes.append(
            subtask(
                task,
                f"{kind}{place}",
                " ".join(nodes[b].subtask_id.rsplit("::", 1)[1] for b in sorted(before)),
                ordinal=place,
                agent_id=draw.choices(["worker", "other", "free"], [50, 10, 40])[0],
                effect="external" if kind == "once" else "read",
                idempotent=kind != "once",
                timeout_s=20.0,
            ).model_copy(update={"objective": f"{kind} work"})
        )
    plan = plan_of(task, *nodes)
    if draw.random() < 0.1:
        return gated(plan, nodes[-1].subtask_id.rsplit("::", 1)[1])
    return plan


@dataclass
class Chaos:
    """One run. `takeovers`: seconds from each kill until nobody owned in the dead worker's name any more."""

    house: House
    zygote: Zygote
    seed: int
    workers: int
    kills: int = 0
    freezes: int = 0
    takeovers: list[float] = field(default_factory=list)

    async def run(
        self, subtasks: int, *, each: int, pause_s: tuple[float, float], most: int | None = None
    ) -> None:
        """Until all tasks have completed, whoever was killed meanwhile: `most` of them, on however slow a machine."""
        draw = random.Random(self.seed)
        names = [f"t{n}" for n in range(-(-subtasks // each))]
        for n in range(self.workers):
            self.zygote.start(f"w{n}", seed=n)
        submitting = asyncio.create_task(self._submit(names, each))
        harming = asyncio.create_task(self._harm(draw, pause_s, most))
        try:
            await submitting
            await self._finish(names)
        finally:
            harming.cancel()
            await asyncio.gather(harming, return_exceptions=True)

    async def _submit(self, names: list[str], each: int) -> None:
        for n, name in enumerate(names):
            plan = drawn(name, each, random.Random(f"{self.seed}-{n}"))
            await self.house.submit(plan)
            if plan.verdict.demand is not None:
                await self.house.approve(name)

    async def _finish(self, names: list[str]) -> None:
        """People answer: what may have happened has happened, and what failed is made again."""
        pool = self.house.database.pool
        while await pool.fetchval("SELECT count(*) FROM task WHERE status <> 'completed'"):
            rows = await pool.fetch(
                "SELECT task_id, subtask_id, state FROM progress WHERE state IN ('blocked', 'failed')"
            )
            for row in rows:
                answer: Any = "done" if row["state"] == "blocked" else "retry"
                try:
                    await self.house.answering.resolve(row["task_id"], row["subtask_id"], answer, actor="ann")
                except OrchestratorError:
                    continue
            await asyncio.sleep(0.1)

    async def _harm(self, draw: random.Random, pause_s: tuple[float, float], most: int | None) -> None:
        number = self.workers
        while most is None or self.kills + self.freezes < most:
            await asyncio.sleep(draw.uniform(*pause_s))
            name = draw.choice(sorted(self.zygote.alive))
            if draw.random() < 0.5:
                await self._kill(name)
                self.zygote.start(f"w{number}", seed=number)
                number += 1
            else:
                self.freezes += 1
                self.zygote.signal(name, signal.SIGSTOP)
                await asyncio.sleep(draw.choice([0.3, 1.0, 6.0]))
                self.zygote.signal(name, signal.SIGCONT)

    async def _kill(self, name: str) -> None:
        pool = self.house.database.pool
        ids = [r["worker_id"] for r in await pool.fetch("SELECT worker_id FROM worker WHERE name = $1", name)]
        self.kills += 1
        self.zygote.signal(name, signal.SIGKILL)
        began = time.monotonic()
        owned = await pool.fetchval("SELECT count(*) FROM task WHERE owner = ANY ($1::int[])", ids)
        while await pool.fetchval("SELECT count(*) FROM task WHERE owner = ANY ($1::int[])", ids):
            await asyncio.sleep(0.05)
        if owned:
            self.takeovers.append(time.monotonic() - began)
