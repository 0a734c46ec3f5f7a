"""Watches how long single turns of the event loop keep the CPU to themselves."""

import asyncio
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LIMIT_S = 0.05
QUIET_S = 0.002
"""What `toil` takes where nothing else runs."""


def toil() -> float:
    """A piece of computing that is always the same, and the CPU time that it took."""
    began, sum_ = time.thread_time(), 0
    for n in range(20_000):
        sum_ += n * n % 7
    return time.thread_time() - began


def strain() -> float:
    """How many times as long as on a quiet machine computing takes at the worst just now: neighbours come and go."""
    return max(1.0, *(toil() / QUIET_S for _ in range(5)))


@contextmanager
def watched(limit_s: float = LIMIT_S) -> Iterator[list[str]]:
    """The turns that took more than `limit_s` of the thread's own CPU time, as they come.

    CPU time, because a busy machine stretches wall time; calls that block without using the CPU are
    blockbuster's to find. On a slow machine the limit is as much wider as that computes more slowly. The
    test's own turns do not count, and neither does collecting garbage.
    """
    slow: list[str] = []
    original = asyncio.events.Handle._run

    def run(handle: Any) -> None:
        began, collected = time.thread_time(), pauses[0]
        original(handle)
        took = time.thread_time() - began - (pauses[0] - collected)
        if took > limit_s and not _is_the_test(handle) and took > limit_s * strain():
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
