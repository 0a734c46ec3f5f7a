"""Reading the log."""

from collections.abc import Collection
from functools import cache
from logging import getLogger
from typing import NamedTuple

from pydantic import ValidationError

from agent.store.queries import queries
from agent.store.rows import Pool, Row
from domain.event import FACT, Event, Newer, known

_SQL = queries("events")


log = getLogger(__name__)


def read(row: Row) -> Event:
    """An event, also one that a newer program beside this one has written."""
    fact = {"kind": row["kind"], "task_id": row["task_id"], **row["data"]}
    if row["subtask_id"] is not None:
        fact["subtask_id"] = row["subtask_id"]
    seq, at, actor = row["seq"], row["at"], row["actor"]
    try:
        return Event.trusted(seq=seq, at=at, actor=actor, fact=FACT.validate_python(fact))
    except ValidationError:
        _wonder_at(row["kind"])
        return Newer.trusted(seq=seq, at=at, actor=actor, fact=known(fact), data=row["data"])


@cache
def _wonder_at(kind: str) -> None:
    """Once for each kind; the log may be full of it."""
    log.warning("events of kind %s say more than this program knows; a newer one may be at work", kind)


class Heard(NamedTuple):
    """A page of the log: where all of it ends, if there was anything, and whether there may be more."""

    events: list[Event]
    end: int | None
    more: bool


class Events:
    """The log, from any place on."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def head(self) -> int:
        """The number of the last event."""
        seq: int = await self._pool.fetchval(_SQL["head"])
        return seq

    async def after(self, seq: int, *, task_id: str | None = None, limit: int = 500) -> list[Event]:
        """The next events, in order."""
        if task_id is None:
            rows = await self._pool.fetch(_SQL["after"], seq, limit)
        else:
            rows = await self._pool.fetch(_SQL["of_task_after"], task_id, seq, limit)
        return [read(row) for row in rows]

    async def heard(self, seq: int, unheard: Collection[str], *, limit: int) -> Heard:
        """Of the next events those whose kind is not among `unheard`."""
        rows = await self._pool.fetch(_SQL["heard_after"], seq, unheard, limit)
        if not rows:
            return Heard([], None, more=False)
        events = [read(row) for row in rows if not row["passed_over"]]
        return Heard(events, rows[-1]["seq"], more=rows[-1]["more"])

    async def status_history(self, task_id: str) -> list[Event]:
        return [read(row) for row in await self._pool.fetch(_SQL["status_history"], task_id)]
