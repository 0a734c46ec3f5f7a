"""A database that a test gives back is as it was made, whatever the test did to it."""

import asyncpg
import pytest

from tests.kit.databases import Databases
from tests.kit.house import house
from tests.kit.plans import gated, plan

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"


async def look(url: str) -> dict[str, list[str]]:
    """All that is in there."""
    connection = await asyncpg.connect(url)
    try:
        tables = [row[0] for row in await connection.fetch(TABLES)]
        found = {table: list(map(str, await connection.fetch(f"SELECT * FROM {table}"))) for table in tables}
        return found | {"sequences": list(map(str, await connection.fetch(SEQUENCES)))}
    finally:
        await connection.close()


async def test_what_one_test_wrote_the_next_does_not_see(databases: Databases) -> None:
    async with databases.lent() as first:
        fresh = await look(first)
        async with house(first) as h, h.worker():
            await h.submit(gated(plan("t1", {"a": "", "b": "a"}), "b"))
            await h.approve("t1")
            await h.until("t1", "completed")
        connection = await asyncpg.connect(first)
        await connection.execute("UPDATE clock SET ahead = interval '1 hour'; DELETE FROM queue")
        await connection.close()
        assert await look(first) != fresh
    async with databases.lent() as second:
        assert second == first
        assert await look(second) == fresh


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE more (n int)",
        "ALTER TABLE task ADD COLUMN more int",
        "CREATE OR REPLACE FUNCTION db_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
        "UPDATE pg_class SET reltuples = 1000000 WHERE relname = 'task'",
        "ANALYZE",
        "INSERT INTO event SELECT n, now(), 'x', 'x', 'x', 'x', '{}' FROM generate_series(1, 6000) AS n",
    ],
)
async def test_one_that_was_altered_or_written_full_is_not_used_again(
    databases: Databases, change: str
) -> None:
    async with databases.lent() as first:
        connection = await asyncpg.connect(first)
        await connection.execute(change)
        await connection.close()
    async with databases.lent() as second:
        assert second != first
