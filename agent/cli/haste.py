"""A quick start: nothing that is made on the way is garbage, and looking for it takes a fifth of the time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def haste() -> Iterator[None]:
    """No garbage is looked for within the block, or until `settled`: most commands end before there is any."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def settled() -> None:
    """All that is there now stays for as long as the process; what comes from here on is looked after."""
    gc.freeze()
    gc.enable()
