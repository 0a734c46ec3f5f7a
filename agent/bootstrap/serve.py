"""Runs the service: migrates, makes the house, keeps its chores and its worker going."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from agent.bootstrap.equipment import equipped
from agent.bootstrap.house import House
from agent.bootstrap.plans import plans
from agent.config import Settings
from agent.embedded.stack import Stack
from agent.engine.ports import Specialist
from agent.engine.worker import Worker
from agent.service.served import Services
from agent.store.migrate import migrate, newest
from agent.store.served import until_outlived

GRACE_S: Final = 10.0
"""How long calls in flight may still take when the service is told to stop."""

CANCEL_AGAIN_S: Final = 1.0


@asynccontextmanager
async def serve(
    settings: Settings,
    stack: Stack,
    *,
    worker: bool = True,
    name: str | None = None,
    served_at: str | None = None,
    specialist: Specialist | None = None,
) -> AsyncIterator[Services]:
    """The running service on a database and a Redis, with a worker of its own unless told otherwise.

    `served_at` is the URL under which it answers, for the links in notices. `specialist` stands in for every
    agent of the manifest, for whoever measures the service and not its agents.

    Raises ManifestError, PolicyError, ConfigurationError or UnreachableError before anything is served, and a
    group of one UnreachableError, once its worker has left, where the schema does not serve this version any more.
    """
    drawn = await asyncio.to_thread(plans, settings)
    await migrate(stack.database_url)
    async with AsyncExitStack() as opened:
        has = await equipped(
            settings,
            stack,
            drawn,
            opened,
            served_at=served_at or settings.orchestrator_url,
            specialist=specialist,
        )
        await opened.enter_async_context(_background([until_outlived(has.database.pool, newest())]))
        house = House(has)
        background = await opened.enter_async_context(_background(house.chores()))
        if worker:
            await opened.enter_async_context(_background(house.telling()))
            await opened.enter_async_context(_working(house, name or _worker_name(), background))
        yield house.services


@asynccontextmanager
async def _background(chores: list[Coroutine[Any, Any, None]]) -> AsyncIterator[asyncio.TaskGroup]:
    """Run these for the block; one that fails ends the block with its error."""
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(chore) for chore in chores]
        try:
            yield group
        finally:
            while left := [task for task in running if not task.done()]:
                for task in left:
                    task.cancel()
                # Libraries swallow a cancel now and then; one that was swallowed is said again.
                await asyncio.wait(left, timeout=CANCEL_AGAIN_S)


@asynccontextmanager
async def _working(house: House, name: str, group: asyncio.TaskGroup) -> AsyncIterator[None]:
    worker = Worker(
        house.database,
        name,
        house.duties(),
        concurrency=house.settings.worker_concurrency,
        grace_s=GRACE_S,
    )
    running = group.create_task(worker.run(), name="worker")
    try:
        yield
    finally:
        worker.leave()
        await asyncio.wait([running], timeout=GRACE_S * 2)
        running.cancel()


def _worker_name() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"
