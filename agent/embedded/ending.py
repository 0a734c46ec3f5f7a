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

CANCELLING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What ctrl-C, a supervisor and a closing terminal send."""


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


@contextmanager
def cancelled_by_signals() -> Iterator[None]:
    """Turn the signals that would end the process into cancellations of the current task, each time one comes.

    A KeyboardInterrupt may fall anywhere, into the event loop's own steps too, and what it hits there is
    lost: with a second ctrl-C the usual handler of asyncio can leave a task waiting for ever. The block
    ends with the KeyboardInterrupt all the same, or with the SystemExit of the signal's usual status, but
    after its end. Other handlers of SIGTERM and SIGHUP stay.
    """
    task = asyncio.current_task()
    if task is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    loop, caught = asyncio.get_running_loop(), list[int]()

    def cancel(signum: int, _frame: FrameType | None) -> None:
        caught.append(signum)
        loop.call_soon_threadsafe(task.cancel)

    before = {signum: signal.getsignal(signum) for signum in CANCELLING}
    taken = [signum for signum, handler in before.items() if _is_usual(signum, handler)]
    for signum in taken:
        signal.signal(signum, cancel)
    try:
        yield
    except asyncio.CancelledError:
        if not caught:
            raise
        raise _ending(caught[0]) from None
    finally:
        for signum in taken:
            signal.signal(signum, before[signum])


def _is_usual(signum: int, handler: object) -> bool:
    """For SIGINT that is Python's handler and asyncio's; a signal that is ignored stays ignored."""
    if signum == signal.SIGINT:
        return handler is not signal.SIG_IGN and handler is not None
    return handler is signal.SIG_DFL


def _ending(signum: int) -> BaseException:
    return KeyboardInterrupt() if signum == signal.SIGINT else SystemExit(128 + signum)
