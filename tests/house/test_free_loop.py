"""The watch over the event loop bites."""

import asyncio

from tests.kit.looptime import toil, watched


async def test_a_turn_that_keeps_the_cpu_is_seen() -> None:
    async def hog() -> None:
        for _ in range(150):
            toil()

    with watched() as slow:
        await asyncio.create_task(hog())
    assert len(slow) == 1


async def test_short_turns_are_not() -> None:
    with watched() as slow:
        for _ in range(100):
            await asyncio.sleep(0)
    assert slow == []
