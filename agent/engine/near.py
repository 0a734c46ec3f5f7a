"""Tickets that this very process has issued are seen to as soon as they are committed.

The queue would bring them round some ten milliseconds later. They lie in it all the same, for when no hand is free here,
or when this worker dies over them; whoever they are brought to then finds the task taken, or at rest.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from agent.store.database import Database, unobserved
from agent.store.pool import GONE
from agent.store.tx import Ticket

HEAD_START_S: Final = 0.025
"""Before the queue is asked for a ticket that is seen to already: asking takes as much of both processors as seeing to it."""

_log = logging.getLogger(__name__)

See = Callable[[str, Mapping[str, str]], Awaitable[None]]


class Near:
    """`see` looks at one task; `may` says whether it would be looked at now."""

    def __init__(self, see: See, may: Callable[[str], bool]) -> None:
        self._see = see
        self._may = may
        self._ahead_until = 0.0

    def head_start(self) -> float:
        """For how many seconds from now the queue need not be asked for what was issued here."""
        return max(0.0, self._ahead_until - asyncio.get_running_loop().time())

    @asynccontextmanager
    async def hearing(self, database: Database) -> AsyncIterator[None]:
        """Within the block, which ends when all that was begun has."""
        async with asyncio.TaskGroup() as group:
            database.on_tickets = self._into(group)
            try:
                yield
            finally:
                database.on_tickets = unobserved

    def _into(self, group: asyncio.TaskGroup) -> Callable[[Sequence[Ticket]], None]:
        def hear(tickets: Sequence[Ticket]) -> None:
            for ticket in tickets:
                if self._may(ticket.task_id):
                    self._ahead_until = asyncio.get_running_loop().time() + HEAD_START_S
                    group.create_task(self._look(ticket), name=f"near {ticket.task_id}")

        return hear

    async def _look(self, ticket: Ticket) -> None:
        try:
            await self._see(ticket.task_id, ticket.carrier)
        except GONE:
            _log.warning("the database went away while %s was looked at; its ticket is left", ticket.task_id)
        except Exception:  # noqa: BLE001  as the queue does: it ends this look, and a worker has others to serve
            _log.exception("looking at %s failed; its ticket is left", ticket.task_id)
