"""One question to the API and its answer, for commands that are no more than that."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from agent.cli.address import Where
from agent.cli.api import Api

Answer = TypeVar("Answer")


def ask(where: Where, question: Callable[[Api], Awaitable[Answer]]) -> Answer:
    async def asking() -> Answer:
        async with Api(where.find()) as api:
            return await question(api)

    return asyncio.run(asking())
