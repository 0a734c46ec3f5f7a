"""Tickets: "look at this task", "send this notice". They are disposable: what is to be done stands on the row
itself.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from pgqueuer import AsyncpgDriver, Queries

from agent.store.rows import Connection, OwnConnection

ADVANCE = "advance"
DELIVER = "deliver"


async def issue(
    connection: Connection,
    entrypoint: str,
    what: str,
    *,
    at: datetime | None = None,
    urgency: int = 0,
    carrier: Mapping[str, str] | None = None,
) -> None:
    """Put a ticket into the queue, in the caller's transaction; with `at`, it is not to be taken before then.

    `carrier` takes the trace context across the queue.
    """
    queue = Queries(AsyncpgDriver(cast("OwnConnection", connection)))
    delay: timedelta | None = None
    if at is not None:
        delay = max(timedelta(0), at - await connection.fetchval("SELECT db_now()"))
    headers = dict(carrier) if carrier else None
    await queue.enqueue(entrypoint, what.encode(), priority=urgency, execute_after=delay, headers=headers)


async def issue_all(connection: Connection, entrypoint: str, whats: Sequence[str]) -> None:
    """A ticket for each of these, in one statement."""
    if whats:
        queue = Queries(AsyncpgDriver(cast("OwnConnection", connection)))
        payloads: list[bytes | None] = [what.encode() for what in whats]
        await queue.enqueue([entrypoint] * len(payloads), payloads, [0] * len(payloads))
