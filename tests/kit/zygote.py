"""Worker processes by the dozen: imports everything once, then forks one per line of its standard input.

A line is a JSON object; the child's pid is the answer. `crash_after`: the worker kills itself, as the kernel would,
right after the n-th effect of all that were ever recorded, before anybody hears that it had happened. `wall_h`: by so
many hours its machine's clock is wrong.
"""

import asyncio
import datetime as dt
import json
import os
import random
import signal
import sys
import time
from datetime import timedelta
from typing import Any

from agent.store.database import open_database
from agent.store.pool import connect
from domain.agent import Agent, AgentState, Manifest
from domain.attempt import Outcome, Succeeded, Unsuccessful
from domain.brief import Assignment
from domain.subtask import Failure
from tests.kit.house import House
from tests.kit.plans import agent

AGENTS = (agent("worker", slots=6), agent("other", slots=3), agent("free"))
LIMITS = {"worker": 6, "other": 3}
MANIFEST = Manifest(schema_version="1.0", agents=AGENTS, version="test")


class Effects:
    """Does its work by a row of a table, where everybody can count it. What to make of a call stands in its
    objective: `slow` outlasts its SLA the first time, `fails` fails the first time, `flaky` by the draw, `held` lasts
    until an effect named "go" is there.
    """

    def __init__(self, dsn: str, seed: int, crash_after: int | None) -> None:
        self._dsn, self._crash_after = dsn, crash_after
        self._draw = random.Random(seed)
        self._connection: Any = None
        self._lock = asyncio.Lock()

    async def work(self, assignment: Assignment) -> Outcome:
        word = assignment.brief.objective.split()[0]
        first = assignment.attempt == 1
        if word == "slow" and first:
            await asyncio.sleep(3600)
        while word == "held" and not await self._ask("SELECT count(*) FROM effect WHERE subtask_id = 'go'"):
            await asyncio.sleep(0.1)
        await asyncio.sleep(self._draw.random() * 0.02)
        if word == "fails" and first:
            return _failed()
        if word == "flaky" and self._draw.random() < 0.05:
            return _failed()
        await self._effect(assignment)
        return Succeeded(outputs={"attempt": assignment.attempt})

    async def _effect(self, assignment: Assignment) -> None:
        count = await self._ask(
            "WITH done AS (INSERT INTO effect VALUES ($1, $2) RETURNING 1) SELECT count(*) + 1 FROM effect",
            assignment.brief.subtask_id,
            assignment.attempt,
        )
        if self._crash_after is not None and count == self._crash_after:
            os.kill(os.getpid(), signal.SIGKILL)

    async def _ask(self, query: str, *values: object) -> int:
        async with self._lock:
            while True:
                try:
                    if self._connection is None or self._connection.is_closed():
                        self._connection = await connect(self._dsn, name="effects")
                    return int(await self._connection.fetchval(query, *values))
                except Exception:  # noqa: BLE001  the database is being killed on purpose
                    self._connection = None
                    await asyncio.sleep(0.1)

    async def state(self, agent: Agent) -> AgentState:
        return AgentState(agent=agent.id, health="healthy")


def _failed() -> Outcome:
    return Unsuccessful(outcome="failed", error=Failure(code="FAILED", message="no luck"))


async def live(order: dict[str, Any]) -> None:
    leaving = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leaving.set)
    async with open_database(order["dsn"], size=5) as database:
        specialist: Any = Effects(order["dsn"], order["seed"], order.get("crash_after"))
        house = House(database, MANIFEST, specialist)
        await house.clock.sync(database.pool)
        keeping = asyncio.create_task(house.clock.keep(database.pool))
        async with house.worker(order["name"], concurrency=40, grace_s=0.5):
            await leaving.wait()
        keeping.cancel()


def set_clock(ahead: timedelta) -> None:
    """Whoever asks this process for the time of day is told another; nobody's steady clock is touched."""
    real, real_time = dt.datetime, time.time  # noqa: TID251  it is about to lie

    class Kind(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, real)

    class Wrong(real, metaclass=Kind):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return real.now(tz) + ahead

    time.time = lambda: real_time() + ahead.total_seconds()  # noqa: TID251
    for module in list(sys.modules.values()):
        if getattr(module, "datetime", None) is real:
            module.datetime = Wrong  # type: ignore[attr-defined]


def main() -> None:
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            sys.stdin.close()
            order = json.loads(line)
            if order["wall_h"]:
                set_clock(timedelta(hours=order["wall_h"]))
            asyncio.run(live(order))
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    main()
