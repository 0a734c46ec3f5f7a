"""The watch over the event loop bites."""

import asyncio

from tests.kit.looptime import Slow, to_blame, toil, watched


async def test_a_turn_that_keeps_the_cpu_is_seen() -> None:
    async def hog() -> None:
        for _ in range(150):
            toil()

    with watched() as slow:
        await asyncio.create_task(hog())
    assert len(slow) == 1


def test_a_single_turn_a_little_too_long_is_forgiven_and_no_other() -> None:
    once = Slow("60 ms", 1.2)

    assert to_blame([once]) == []
    assert to_blame([once, once]) == [once, once]
    assert to_blame([Slow("300 ms", 6.0)]) == [Slow("300 ms", 6.0)]


async def test_short_turns_are_not() -> None:
    with watched() as slow:
        for _ in range(100):
            await asyncio.sleep(0)
    assert slow == []
