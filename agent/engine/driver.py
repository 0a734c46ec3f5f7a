"""PgQueuer's way to Postgres, and how it outlasts one that is away for a while."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeVar

from pgqueuer import AsyncpgPoolDriver
from pgqueuer.core.tm import cancel_and_wait
from pydantic_core import from_json

from agent.store.listen import hear
from agent.store.pool import GONE
from agent.store.rows import Pool

AGAIN_S: Final = 0.2

A_MOMENT_S: Final = 0.002
"""Word of a ticket may be here before the commit that issued it is known to whoever committed."""

T = TypeVar("T")


class SteadyDriver(AsyncpgPoolDriver):
    """Asks again until the database answers, or `leaving` is set.

    PgQueuer takes an error of its driver for the end: it stops taking jobs, and waits for those at hand, which may
    last for hours. All its statements may be said twice: a job that was taken and never heard of is taken again once
    its heartbeat is late, and a status that was logged already finds no row.
    """

    def __init__(
        self,
        pool: Pool,
        dsn: str,
        leaving: asyncio.Event,
        *,
        unheard: frozenset[str] = frozenset(),
        patience: Callable[[], float] | None = None,
    ) -> None:
        """`unheard`: what may happen to the queue's table without a word to whoever takes jobs through this.
        `patience`: for how many seconds, when it comes, a word of new jobs may wait.
        """
        super().__init__(pool)
        self._unheard = unheard
        self._patience = patience
        self._about_to_tell = False
        self._dsn = dsn
        self._leaving = leaving
        self._ears: list[asyncio.Task[None]] = []

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        return await self._again(partial(super().fetch, query, *args))

    async def execute(self, query: str, *args: object) -> str:
        return await self._again(partial(super().execute, query, *args))

    async def add_listener(self, channel: str, callback: Callable[[str], Any]) -> None:
        """On a connection of its own, which comes back after it broke. Jobs are polled for besides."""

        def heard(payload: str) -> None:
            if payload and (operation := from_json(payload).get("operation")) not in self._unheard:
                self._tell(callback, payload, new=operation == "insert")

        self._ears.append(asyncio.create_task(hear(self._dsn, channel, heard, name="tickets")))

    def _tell(self, callback: Callable[[str], Any], payload: str, *, new: bool) -> None:
        """Of new jobs one word is enough for all that come until it is said: whoever hears it looks for himself."""
        if self._patience is None or not new:
            callback(payload)
        elif not self._about_to_tell:
            self._about_to_tell = True
            asyncio.get_running_loop().call_later(A_MOMENT_S, self._tell_in_time, callback, payload)

    def _tell_in_time(self, callback: Callable[[str], Any], payload: str) -> None:
        if self._patience is not None and (seconds := self._patience()) > 0:
            asyncio.get_running_loop().call_later(seconds, self._tell_now, callback, payload)
        else:
            self._tell_now(callback, payload)

    def _tell_now(self, callback: Callable[[str], Any], payload: str) -> None:
        self._about_to_tell = False
        callback(payload)

    async def __aexit__(self, *raised: object) -> None:
        await super().__aexit__(*raised)
        if not self._entered:
            for ear in self._ears:
                await cancel_and_wait(ear)

    async def _again(self, ask: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await ask()
            except GONE as error:
                # asyncpg says InterfaceError to values it cannot encode, too.
                if isinstance(error, ValueError) or self._leaving.is_set():
                    raise
            await asyncio.sleep(AGAIN_S)
