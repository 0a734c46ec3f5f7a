"""What Redis holds may be forgotten at any moment: nothing changes but what is jotted down."""

import asyncio
from pathlib import Path

import redis.asyncio as redis

from agent.bootstrap.serve import serve
from agent.config import Settings, load
from agent.embedded.stack import Stack
from agent.service.deciding import Voice
from agent.service.served import Services
from agent.store.pool import connect
from domain.principal import Principal
from domain.request import Request
from tests.kit.bakery import REQUEST, TRADES, Bakery, manifest
from tests.kit.columns import differences_of
from tests.kit.house import SOON


async def test_flushing_redis_between_any_two_steps_changes_nothing(
    dsn: str, stack: Stack, tmp_path: Path
) -> None:
    bakery = Bakery()
    async with bakery.open() as url:
        settings = await asyncio.to_thread(given, url, tmp_path)
        forgetting = redis.from_url(stack.redis_url)
        async with serve(settings, Stack(dsn, stack.redis_url, "given", "given")) as served:
            flushes = asyncio.create_task(flush_at_every_event(served, forgetting))
            await served.submitting.submit(
                Request(task_id="pie", title=REQUEST, execute=True), by=Principal.claimed("test")
            )
            approval = (await served.looking.task("pie")).approvals[0]
            await served.deciding.decide(
                approval.code, Voice(Principal.claimed("ann", "tech_lead"), "approve", "yes")
            )
            async with asyncio.timeout(SOON):
                while (task := await served.looking.task("pie")).status != "completed":
                    await asyncio.sleep(0.02)
            flushes.cancel()
            assert bakery.effects == dict.fromkeys(TRADES, 1)
            assert {s.state for s in task.subtasks} == {"completed"}
            assert await asyncio.gather(flushes, return_exceptions=True)
        await forgetting.aclose()
    connection = await connect(dsn, name="test")
    assert await differences_of(connection) == []
    await connection.close()


def given(url: str, folder: Path) -> Settings:
    return load(orchestrator_data=folder, orchestrator_manifest=manifest(url, folder))


async def flush_at_every_event(served: Services, forgetting: "redis.Redis") -> None:
    async for _event in served.feed.follow(0):
        await forgetting.flushall()
