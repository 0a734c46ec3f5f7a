"""Watches how long single turns of the event loop keep the CPU to themselves."""

import asyncio
import gc
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

LIMIT_S = 0.05
_LOOP = str(Path(asyncio.__file__).parent)
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


class Slow(NamedTuple):
    """A turn that was too long, and how many times as long as it may be."""

    what: str
    times: float


def to_blame(slow: list[Slow]) -> list[Slow]:
    """What the code does it does again, or for very long; a single turn a little too long may be a neighbour's doing
    who was gone before the strain could be measured.
    """
    return slow if len(slow) > 1 or any(turn.times > 4 for turn in slow) else []


@contextmanager
def watched(limit_s: float = LIMIT_S) -> Iterator[list[Slow]]:
    """The turns that took more than `limit_s` of the thread's own CPU time, as they come.

    CPU time, because a busy machine stretches wall time; calls that block without using the CPU are
    blockbuster's to find. Time in the interpreter, because what the system does meanwhile (fetching back the
    pages of a process that rested) is nobody's code. On a slow machine the limit is as much wider as that
    computes more slowly. The test's own turns do not count, nor those of the loop itself, and neither does
    collecting garbage.
    """
    slow: list[Slow] = []
    original = asyncio.events.Handle._run

    def run(handle: Any) -> None:
        began, collected, computed = time.thread_time(), pauses[0], _computed()
        original(handle)
        took = min(time.thread_time() - began, _computed() - computed) - (pauses[0] - collected)
        if took <= limit_s or _is_nobodys(handle):
            return
        times = took / (limit_s * strain())
        if times > 1:
            slow.append(Slow(f"{took * 1000:.0f} ms in {handle!r}", times))

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


def _computed() -> float:
    """Seconds that this thread was in the interpreter, and not in the system."""
    return resource.getrusage(resource.RUSAGE_THREAD).ru_utime


def _is_nobodys(handle: Any) -> bool:
    """The test's own, or a step of the loop: a timer that wakes somebody, a connection that is accepted or closed."""
    task = getattr(handle._callback, "__self__", None)
    if not isinstance(task, asyncio.Task):
        closes = getattr(handle._callback, "__name__", "") == "_call_connection_lost"
        return closes or getattr(handle._callback, "__module__", "") == asyncio.futures.__name__
    coroutine: Any = task.get_coro()
    code = getattr(coroutine, "cr_code", None)
    return "TestRunner" in repr(coroutine) or (code is not None and code.co_filename.startswith(_LOOP))
