"""The database dies under its workers, at once and without a word; what was committed is there, the rest goes on."""

import asyncio
import contextlib
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.config import load
from agent.embedded.postgres import Postgres
from agent.embedded.stack import Servers
from agent.store.migrate import migrate
from agent.store.pool import GONE
from domain.plan import Plan
from tests.kit.chaos import scene, verdict
from tests.kit.command import PATIENCE_S
from tests.kit.house import House
from tests.kit.plans import plan, plan_of, subtask

TASKS = [f"t{n}" for n in range(12)]
GRAPH = {"a": "", "b": "a", "c": "a", "d": "b c", "e": "d"}
DONE = "SELECT bool_and(status = 'completed') FROM task WHERE task_id"


def lasting(task: str) -> Plan:
    """Runs for as long as the test wants."""
    held = subtask(task, "held", agent_id="free", timeout_s=3600.0)
    return plan_of(task, held.model_copy(update={"objective": "held work"}))


@pytest.fixture
def servers() -> Iterator[Any]:
    """A server of its own, to be killed."""
    with tempfile.TemporaryDirectory(prefix="orchestrator-tests-") as folder:
        Path(folder).chmod(0o711)
        servers = Servers(load(orchestrator_data=folder, database_url=None, redis_url=None))
        try:
            yield servers
        finally:
            servers.stop()


async def asked(house: House, query: str) -> bool:
    """What the database says, once it says anything again."""
    while True:
        with contextlib.suppress(*GONE):
            found: bool = await house.database.pool.fetchval(query)
            return found
        await asyncio.sleep(0.05)


async def until(house: House, query: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await asked(house, query):
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGQUIT], ids=["kill -9", "-m immediate"])
async def test_a_database_that_dies_takes_nothing_with_it(servers: Any, how: signal.Signals) -> None:
    dsn = (await asyncio.to_thread(servers.start)).database_url
    await migrate(dsn)
    postgres = next(server for server in servers._running if isinstance(server, Postgres))
    async with scene(dsn) as (house, zygote):
        zygote.start("w1")
        await house.submit(lasting("lasting"))
        await until(house, "SELECT bool_and(status = 'running') FROM task WHERE task_id = 'lasting'")
        zygote.start("w2")
        for task in TASKS:
            await house.submit(plan(task, GRAPH))
        await until(house, "SELECT count(*) >= 10 FROM effect")
        pid = int((postgres._folder.cluster / "postmaster.pid").read_text().split()[0])
        assert pid == postgres._server.pid
        await asyncio.to_thread(postgres._server.stop, (how, 30.0))
        await asyncio.to_thread(postgres.start)
        await until(house, f"{DONE} <> 'lasting'")
        zygote.signal("w2", signal.SIGKILL)
        await house.submit(plan("later", GRAPH))
        await until(house, f"{DONE} = 'later'")
        await asked(house, "INSERT INTO effect VALUES ('go', 1) RETURNING true")
        await until(house, f"{DONE} = 'lasting'")
        _, wrong = await verdict(house)
        assert wrong == []
