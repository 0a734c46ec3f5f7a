"""The database as the service sees it: a pool to read from, and transactions to write in."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import asyncpg

from agent.store.ears import Ears
from agent.store.pool import GONE, speak_json, unreachable
from agent.store.rows import Pool
from agent.store.tx import Ticket, Tx
from domain.event import Fact


def unobserved(_what: Sequence[object]) -> None:
    """For whom nobody listens to."""


async def _as_it_is(_connection: object) -> None:
    """Nothing here changes a session: locks and settings end with their transactions, listeners have connections
    of their own. So there is nothing to put back, and no round trip is spent on it at every release.
    """


class Database:
    """Reads go straight to the pool; changes go through `transaction()`, and only there."""

    def __init__(self, pool: Pool, dsn: str, ears: Ears, on_facts: Callable[[Sequence[Fact]], None]) -> None:
        self.pool = pool
        self.dsn = dsn
        self.ears = ears
        self.on_facts = on_facts
        self.on_tickets: Callable[[Sequence[Ticket]], None] = unobserved
        """Hears, once they are committed, which tickets this process has put into the queue."""

    @asynccontextmanager
    async def transaction(self, actor: str) -> AsyncIterator[Tx]:
        """One transaction of one use case; facts are appended as its last act before the commit.

        `actor` is whoever answers for the change, as it stands in the log. No network call belongs in here.
        """
        async with self.pool.acquire() as connection:
            async with connection.transaction():
                tx = Tx(connection, actor)
                yield tx
                await tx.append()
            self.on_facts(tx.facts)
        if tx.tickets:
            self.on_tickets(tx.tickets)


@asynccontextmanager
async def open_database(
    dsn: str, *, size: int = 10, on_facts: Callable[[Sequence[Fact]], None] = unobserved
) -> AsyncIterator[Database]:
    """A pool on a migrated database. `on_facts` hears what this process has committed.

    Raises UnreachableError where nobody answers.
    """
    try:
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            init=speak_json,
            reset=_as_it_is,
            timeout=10,
            server_settings={"application_name": "orchestrator"},
        )
    except GONE as error:
        raise unreachable(error) from error
    try:
        async with Ears(dsn).open() as ears:
            yield Database(pool, dsn, ears, on_facts)
    finally:
        try:
            await asyncio.wait_for(pool.close(), 5)
        except TimeoutError:
            pool.terminate()
