"""Ends that leave nothing behind: work that is finished although its caller is cancelled, signals that cancel."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

import anyio

Result = TypeVar("Result")

CANCELLING = (signal.SIGTERM, signal.SIGHUP)
"""What a supervisor and a closing terminal send. Ctrl-C cancels already: asyncio.run sees to that."""


async def finished(thread: Executor, work: Callable[[], Result], on_cancel: Callable[[], None]) -> Result:
    """Do blocking work in a thread, to its end whatever happens meanwhile; a cancellation goes through after it."""
    future = asyncio.get_running_loop().run_in_executor(thread, work)
    cancelled: asyncio.CancelledError | None = None
    with anyio.CancelScope(shield=True):
        while not future.done():
            try:
                await asyncio.wait([future])
            except asyncio.CancelledError as cancel:
                cancelled = cancel
                on_cancel()
    if cancelled is not None:
        future.exception()
        raise cancelled
    return future.result()


class Interrupts:
    """Lets go of ctrl-C while things are being ended: a second one would end the ending."""

    def __init__(self) -> None:
        self._before: Callable[[int, FrameType | None], object] | int | None = None

    def ignore(self) -> None:
        if self._before is None and _is_main():
            self._before = signal.signal(signal.SIGINT, signal.SIG_IGN)

    def restore(self) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None


@contextmanager
def cancelled_by_signals() -> Iterator[None]:
    """Turn the signals that would end the process on the spot into a cancellation of the current task.

    The block then ends with SystemExit, with the status that the signal would have given. A signal that
    somebody else handles stays theirs.
    """
    task = asyncio.current_task()
    if task is None or not _is_main():
        yield
        return
    loop, caught = asyncio.get_running_loop(), list[int]()

    def cancel(signum: int, _frame: FrameType | None) -> None:
        caught.append(signum)
        loop.call_soon_threadsafe(task.cancel)

    free = [signum for signum in CANCELLING if signal.getsignal(signum) is signal.SIG_DFL]
    for signum in free:
        signal.signal(signum, cancel)
    try:
        yield
    except asyncio.CancelledError:
        if caught:
            raise SystemExit(128 + caught[0]) from None
        raise
    finally:
        for signum in free:
            signal.signal(signum, signal.SIG_DFL)


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()
