"""Listening for hints on a connection of its own. A hint is never the truth: readers poll besides."""

import asyncio
import contextlib
from collections.abc import Callable

from agent.store.pool import GONE, connect
from domain.errors import UnreachableError

AGAIN_S = 0.5


async def listen(dsn: str, channel: str, on_hint: Callable[[], None], *, name: str) -> None:
    """Call `on_hint` for every notification, until cancelled; connects again as often as it takes."""
    await hear(dsn, channel, lambda _payload: on_hint(), name=name)


async def hear(dsn: str, channel: str, on_payload: Callable[[str], None], *, name: str) -> None:
    """Like `listen`, with what was said; an empty word after each connecting, as something may have been missed."""
    while True:
        with contextlib.suppress(UnreachableError, *GONE):
            await _hear_once(dsn, channel, on_payload, name)
        await asyncio.sleep(AGAIN_S)


async def _hear_once(dsn: str, channel: str, on_payload: Callable[[str], None], name: str) -> None:
    connection = await connect(dsn, name=f"orchestrator {name}")
    gone = asyncio.Event()
    try:
        connection.add_termination_listener(lambda _connection: gone.set())
        await connection.add_listener(channel, lambda *told: on_payload(str(told[-1])))
        on_payload("")
        await gone.wait()
    finally:
        with contextlib.suppress(*GONE):
            await connection.close(timeout=2)
