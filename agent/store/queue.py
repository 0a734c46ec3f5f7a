"""The queue's settings in the database, and whose turn it is under its limit."""

from agent.store.queries import queries
from agent.store.rows import Connection, Pool, Row
from domain.queue import QueueSettings

_SQL = queries("queue")


def read(row: Row) -> QueueSettings:
    return QueueSettings(
        paused=row["paused"], max_concurrent=row["max_concurrent"], stop_on_failure=row["stop_on_failure"]
    )


async def update(connection: Connection, settings: QueueSettings) -> bool:
    done = await connection.execute(
        _SQL["set"], settings.paused, settings.max_concurrent, settings.stop_on_failure
    )
    return done == "UPDATE 1"


async def locked(connection: Connection) -> QueueSettings:
    """The settings, held until the transaction ends."""
    row = await connection.fetchrow(_SQL["locked_settings"])
    assert row is not None
    return read(row)


async def stop_on_failure(connection: Connection) -> QueueSettings | None:
    """Pause the queue if a failure is to do that; the new settings, or None where nothing changed."""
    row = await connection.fetchrow(_SQL["stop"])
    return None if row is None else read(row)


class Queue:
    """Reading the settings."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def settings(self) -> QueueSettings:
        row = await self._pool.fetchrow(_SQL["settings"])
        assert row is not None
        return read(row)
