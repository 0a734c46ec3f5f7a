"""Listening for hints on a connection of its own. A hint is never the truth: readers poll besides."""

import asyncio
import contextlib
from collections.abc import Callable

from agent.store.pool import GONE, connect
from domain.errors import UnreachableError

AGAIN_S = 0.5


async def listen(dsn: str, channel: str, on_hint: Callable[[], None], *, name: str) -> None:
    """Call `on_hint` for every notification, until cancelled; connects again as often as it takes."""
    while True:
        with contextlib.suppress(UnreachableError, *GONE):
            await _listen_once(dsn, channel, on_hint, name)
        await asyncio.sleep(AGAIN_S)


async def _listen_once(dsn: str, channel: str, on_hint: Callable[[], None], name: str) -> None:
    connection = await connect(dsn, name=f"orchestrator {name}")
    gone = asyncio.Event()
    try:
        connection.add_termination_listener(lambda _connection: gone.set())
        await connection.add_listener(channel, lambda *_: on_hint())
        on_hint()
        await gone.wait()
    finally:
        with contextlib.suppress(*GONE):
            await connection.close(timeout=2)
