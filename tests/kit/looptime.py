"""Watches how long single turns of the event loop keep the CPU to themselves."""

import asyncio
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LIMIT_S = 0.05


@contextmanager
def watched(limit_s: float = LIMIT_S) -> Iterator[list[str]]:
    """The turns that took more than `limit_s` of the thread's own CPU time, as they come.

    CPU time, because a busy machine stretches wall time; calls that block without using the CPU are
    blockbuster's to find. The test's own turns do not count, and neither does collecting garbage.
    """
    slow: list[str] = []
    original = asyncio.events.Handle._run

    def run(handle: Any) -> None:
        began, collected = time.thread_time(), pauses[0]
        original(handle)
        took = time.thread_time() - began - (pauses[0] - collected)
        if took > limit_s and not _is_the_test(handle):
            slow.append(f"{took * 1000:.0f} ms in {handle!r}")

    pauses, since = [0.0], [0.0]

    def collecting(phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            since[0] = time.thread_time()
        else:
            pauses[0] += time.thread_time() - since[0]

    gc.callbacks.append(collecting)
    asyncio.events.Handle._run = run  # type: ignore[method-assign]
    try:
        yield slow
    finally:
        asyncio.events.Handle._run = original  # type: ignore[method-assign]
        gc.callbacks.remove(collecting)


def _is_the_test(handle: Any) -> bool:
    task = getattr(handle._callback, "__self__", None)
    return isinstance(task, asyncio.Task) and "TestRunner" in repr(task.get_coro())
