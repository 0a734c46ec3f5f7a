"""Long computing apart from the event loop, by a thread."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Made = TypeVar("Made")


async def apart(work: Callable[[], Made]) -> Made:
    """What the work comes to. Whatever it needs on the way should be its own: the thread then frees it, too."""
    with unswept():
        return await asyncio.to_thread(work)


@contextmanager
def unswept() -> Iterator[None]:
    """No garbage is looked for within the block: what a large plan is made of is none, and looking through all of it
    keeps every thread waiting for a tenth of a second. Of several blocks at a time each that ends has some looked for.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
