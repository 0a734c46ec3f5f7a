"""`kill -9` of the service at named moments; what took effect is counted outside of it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.kit.bakery import REQUEST, TRADES, Bakery, manifest
from tests.kit.columns import differences_of
from tests.kit.service import SOON, Service, service

WHO = {"approver_id": "ann", "approver_role": "tech_lead", "justification": "looked at it"}


async def submit(running: Service) -> Any:
    answer = await running.post("/orchestrate", {"task_id": "pie", "title": REQUEST, "execute": True})
    body = answer.json()
    assert answer.status_code == 201, body
    assert [s["agent"] for s in body["subtasks"]] == list(TRADES), body["subtasks"]
    return body


async def approve(running: Service) -> None:
    approval = (await running.task("pie"))["routing_plan"]["approval_request_id"]
    assert (await running.post(f"/approve/{approval}", WHO)).status_code == 200


def states(task: Any) -> dict[str, str]:
    return {s["agent"]: s["state"] for s in task["subtasks"]}


async def check(running: Service) -> None:
    """Every stored state follows from the log."""
    connection = await running.database()
    try:
        assert await differences_of(connection) == []
    finally:
        await connection.close()


async def reached(bakery: Bakery, tool: str, stage: Any) -> None:
    async with asyncio.timeout(SOON):
        await bakery.reached[tool, stage].wait()


async def test_killed_while_it_waits_for_approval(tmp_path: Path) -> None:
    bakery = Bakery()
    async with bakery.open() as url, service(tmp_path, manifest(url, tmp_path)) as running:
        body = await submit(running)
        assert body["status"] == "approval_pending"
        running.kill()
        await running.start()
        assert (await running.task("pie"))["plan"]["plan_hash"] == body["plan"]["plan_hash"]
        await approve(running)
        task = await running.until("pie", "completed")
        assert states(task) == dict.fromkeys(TRADES, "completed")
        assert bakery.effects == dict.fromkeys(TRADES, 1)
        await check(running)


async def test_killed_after_an_attempt_is_on_record_and_before_its_call_leaves(tmp_path: Path) -> None:
    bakery = Bakery()
    async with bakery.open() as url, service(tmp_path, manifest(url, tmp_path)) as running:
        await submit(running)
        bakery.shut()
        await approve(running)
        await running.until_running("pie", "fetch")
        running.kill()
        bakery.let_go()
        await running.start()
        task = await running.until("pie", "completed")
        assert bakery.effects == dict.fromkeys(TRADES, 1)
        assert task["subtasks"][0]["attempt"] == 2
        await check(running)


@pytest.mark.parametrize("stage", ["before", "after"])
async def test_killed_in_a_call_that_may_be_repeated(tmp_path: Path, stage: Any) -> None:
    bakery = Bakery()
    bakery.hold("bake", stage)
    async with bakery.open() as url, service(tmp_path, manifest(url, tmp_path)) as running:
        await submit(running)
        await approve(running)
        await reached(bakery, "bake", stage)
        running.kill()
        bakery.let_go()
        await running.start()
        task = await running.until("pie", "completed")
        assert states(task) == dict.fromkeys(TRADES, "completed")
        assert bakery.effects == dict.fromkeys(TRADES, 1)
        assert bakery.calls["bake"] == 2
        await check(running)


async def test_killed_after_the_effect_of_a_call_that_may_not_be_repeated(tmp_path: Path) -> None:
    bakery = Bakery()
    bakery.hold("sell", "after")
    async with bakery.open() as url, service(tmp_path, manifest(url, tmp_path)) as running:
        await submit(running)
        await approve(running)
        await reached(bakery, "sell", "after")
        running.kill()
        bakery.let_go()
        await running.start()
        task = await running.until("pie", "blocked")
        assert states(task) == {**dict.fromkeys(TRADES, "completed"), "sell": "blocked"}
        sale = task["subtasks"][3]
        assert sale["question"]["cause"] == "unknown_outcome"
        assert bakery.effects["sell"] == bakery.calls["sell"] == 1
        await running.post(f"/tasks/pie/subtasks/{sale['subtask_id']}/answer", {"answer": "done"})
        await running.until("pie", "completed")
        assert bakery.calls["sell"] == 1
        await check(running)


async def test_killed_in_a_group_commit(tmp_path: Path) -> None:
    bakery = Bakery()
    bakery.hold("bake", "after")
    async with bakery.open() as url, service(tmp_path, manifest(url, tmp_path)) as running:
        await submit(running)
        await approve(running)
        await reached(bakery, "bake", "after")
        connection = await running.database()
        async with connection.transaction():
            await connection.execute("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
            bakery.let_go()
            async with asyncio.timeout(SOON):
                while not await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                    await asyncio.sleep(0.02)
            running.kill()
        await connection.close()
        await running.start()
        # A statement that had arrived is carried out whoever has gone: then the sale is begun, and nobody heard of it.
        if (task := await running.until("pie", "completed", "blocked"))["status"] == "blocked":
            sale = task["subtasks"][3]
            assert sale["question"]["cause"] == "unknown_outcome"
            assert bakery.calls["sell"] == 0
            await running.post(f"/tasks/pie/subtasks/{sale['subtask_id']}/answer", {"answer": "retry"})
            task = await running.until("pie", "completed")
        assert states(task) == dict.fromkeys(TRADES, "completed")
        assert bakery.effects == dict.fromkeys(TRADES, 1)
        await check(running)
