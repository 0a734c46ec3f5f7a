"""Old workers and new ones on one database, whose schema changes while they work."""

import asyncio
import contextlib
from itertools import count
from pathlib import Path

import asyncpg
import httpx
import pytest

from agent.embedded.stack import Stack
from agent.store import migrate as migrating
from agent.store.migrate import Migration, migrate, migrations, newest
from domain.errors import UnreachableError
from tests.kit.bakery import Bakery, manifest
from tests.kit.catalogue import WIDENED
from tests.kit.chaos import scene, verdict
from tests.kit.columns import differences_of
from tests.kit.house import SOON, House
from tests.kit.plans import gated, plan
from tests.kit.service import Service, service

FAN = {"first": "", **{f"part{n}": "first" for n in range(8)}, "last": " ".join(f"part{n}" for n in range(8))}
"""One, then eight side by side, then one."""

TASKS = 24
WORK = "Fetch the apples, then clean the apples"
LATER = Migration(9001, "later", WIDENED)
BY_THE_NEW_ONE = "SELECT count(*) FROM event WHERE kind = 'subtask_completed' AND actor = 'worker:new'"


async def test_a_schema_that_grows_under_working_workers_disturbs_none_and_newer_ones_join(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "migrations", lambda: (*migrations(), LATER))
    async with scene(dsn) as (house, zygote):
        zygote.start("old")
        pool = house.database.pool
        asked = gated(plan("asked", {"a": "", "b": "a"}), "b")
        await house.submit(asked)
        for n in range(TASKS):
            await house.submit(plan(f"t{n}", FAN))
            if n == TASKS // 3:
                assert await migrate(dsn) == ["9001_later"]
            if n == TASKS // 2:
                zygote.start("new", seed=1)
        await house.approve("asked")
        await worked(house)
        async with asyncio.timeout(SOON):
            while await pool.fetchval("SELECT count(*) FROM task WHERE status <> 'completed'"):
                await asyncio.sleep(0.05)
        assert (await house.states("asked"))["b"] == "completed"
        _, wrong = await verdict(house)
        assert wrong == []
        assert await pool.fetchval("SELECT max(number) FROM attempt") == 1
        by = await pool.fetch("SELECT DISTINCT actor FROM event WHERE kind = 'subtask_completed'")
        assert {row["actor"] for row in by} == {"worker:old", "worker:new"}


async def worked(house: House) -> None:
    """Until the new one has done something: the old one may be quick."""
    async with asyncio.timeout(SOON):
        for number in count(TASKS):
            if await house.database.pool.fetchval(BY_THE_NEW_ONE):
                return
            await house.submit(plan(f"t{number}", FAN))
            await asyncio.sleep(0.05)


async def test_a_service_that_is_left_behind_hands_over_and_ends_and_does_not_begin_again(
    tmp_path: Path, dsn: str, stack: Stack
) -> None:
    bakery = Bakery()
    bakery.hold("clean", "after")
    given = {"DATABASE_URL": dsn, "REDIS_URL": stack.redis_url}
    async with bakery.open() as url, service(tmp_path, manifest(url, tmp_path), **given) as running:
        sent = await running.post("/orchestrate", {"task_id": "pie", "title": WORK, "execute": True})
        assert sent.status_code == 201
        async with asyncio.timeout(SOON):
            await bakery.reached["clean", "after"].wait()
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute("UPDATE served SET since = $1", newest() + 1)
            ending = asyncio.create_task(running.ended())
            await silent(running)
            bakery.let_go()
            code, said = await ending
            assert code != 0
            assert f"programs that know migration {newest() + 1:04}" in said
            assert await connection.fetchval("SELECT owner FROM task") is None
            assert await connection.fetchval("SELECT array_agg(DISTINCT state) FROM progress") == [
                "completed"
            ]
            assert bakery.effects == {"fetch": 1, "clean": 1}
            assert await differences_of(connection) == []
            with pytest.raises(UnreachableError, match="install the version"):
                await migrate(dsn)
        finally:
            await connection.close()


async def silent(running: Service) -> None:
    """Until it answers nobody any more; its calls may still be under way."""
    async with asyncio.timeout(SOON):
        with contextlib.suppress(httpx.TransportError):
            while True:
                await running.client.get("/healthz")
                await asyncio.sleep(0.05)
