"""When the queue's word of a new ticket is passed on."""

import asyncio
from collections.abc import Callable
from typing import Final

from pydantic_core import from_json

A_MOMENT_S: Final = 0.002
"""Word of a ticket may be here before the commit that issued it is known to whoever committed."""


def at_once() -> float:
    """The patience of whoever is told as soon as there is something to tell."""
    return 0.0


class Word:
    """Of new tickets one word is enough for all that come until it is said: whoever hears it looks for himself.

    `patience`: for how many seconds, when it comes, word of new tickets may wait. What becomes of tickets that were
    taken is their takers' own affair.
    """

    def __init__(self, say: Callable[[], None], patience: Callable[[], float]) -> None:
        self._say = say
        self._patience = patience
        self._about_to_say = False

    def hear(self, payload: str) -> None:
        """What the queue tells of its table; an empty word where something may have been missed."""
        if not payload:
            self._say()
        elif not self._about_to_say and from_json(payload).get("operation") == "insert":
            self._about_to_say = True
            asyncio.get_running_loop().call_later(A_MOMENT_S, self._say_in_time)

    def _say_in_time(self) -> None:
        if (seconds := self._patience()) > 0:
            asyncio.get_running_loop().call_later(seconds, self._say_now)
        else:
            self._say_now()

    def _say_now(self) -> None:
        self._about_to_say = False
        self._say()
