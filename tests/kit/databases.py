"""Databases for tests: each test has one to itself, and what it wrote is taken out again before the next one gets it.

Making a database takes half a second of computing, emptying one a hundredth of that. One that cannot be given back as
it was, or that was written full, is thrown away.
"""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from agent.store.migrate import migrate

TEMPLATE = "template_for_tests"
MOST_ROWS = 5_000
"""Beyond these, what is left of the deleted rows would slow the next tests down."""

# What a kill may cost is not asked of this server: tests of that start their own.
_HASTE = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "autovacuum = off")

_TABLES = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
_SEQUENCES = """
SELECT format('%I.%I', schemaname, sequencename) AS name, start_value FROM pg_sequences ORDER BY 1
"""
# Whatever defines or alters anything leaves its transaction's number in one of these.
_SHAPE = """
SELECT jsonb_build_array(
    (SELECT jsonb_agg(ARRAY[oid::text, xmin::text] ORDER BY oid) FROM pg_class WHERE relpersistence <> 't'),
    (SELECT count(*) || ':' || max(xmin::text::bigint) FROM pg_attribute),
    (SELECT count(*) || ':' || max(xmin::text::bigint) FROM pg_attrdef),
    (SELECT count(*) || ':' || max(xmin::text::bigint) FROM pg_proc),
    (SELECT count(*) || ':' || max(xmin::text::bigint) FROM pg_constraint),
    (SELECT count(*) || ':' || max(xmin::text::bigint) FROM pg_trigger),
    (SELECT count(*) || ':' || coalesce(max(xmin::text::bigint), 0) FROM pg_statistic)
)::text
"""
_OTHERS_OUT = """
SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Databases:
    def __init__(self, url: str) -> None:
        self._url = url
        self._numbers = itertools.count(1)
        self._spare: dict[str, str] = {}
        self._tables: list[str] = []
        self._refill = ""

    async def prepare(self) -> None:
        """Make the one that all others are copies of."""
        connection = await asyncpg.connect(self._url)
        for setting in _HASTE:
            await connection.execute(f"ALTER SYSTEM SET {setting}")
        await connection.execute("SELECT pg_reload_conf()")
        await connection.execute(f"CREATE DATABASE {TEMPLATE}")
        await connection.close()
        await migrate(self._named(TEMPLATE))
        connection = await asyncpg.connect(self._named(TEMPLATE))
        self._tables = [row[0] for row in await connection.fetch(_TABLES)]
        self._refill = await _refill(connection, self._tables)
        await connection.close()

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[str]:
        """The address of a database as it is after its migrations."""
        name, shape = self._spare.popitem() if self._spare else await self._made()
        yield self._named(name)
        if await self._emptied(name, shape):
            self._spare[name] = shape
        else:
            await self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def _made(self) -> tuple[str, str]:
        name = f"test_{next(self._numbers)}"
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        connection = await asyncpg.connect(self._named(name))
        try:
            return name, str(await connection.fetchval(_SHAPE))
        finally:
            await connection.close()

    async def _emptied(self, name: str, shape: str) -> bool:
        """Whether it is again as it was made."""
        connection = await asyncpg.connect(self._named(name))
        try:
            await connection.execute(_OTHERS_OUT)
            if await connection.fetchval(_SHAPE) != shape:
                return False
            await connection.execute("SET session_replication_role = replica")
            gone = [await connection.execute(f"DELETE FROM {table}") for table in self._tables]
            await connection.execute(self._refill)
            return sum(int(told.split()[1]) for told in gone) <= MOST_ROWS
        finally:
            await connection.close()

    async def _execute(self, sql: str) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    def _named(self, database: str) -> str:
        base, _, query = self._url.partition("?")
        return f"{base.rsplit('/', 1)[0]}/{database}?{query}"


async def _refill(connection: Any, tables: list[str]) -> str:
    """What puts back the rows that the migrations left, and begins every sequence anew."""
    statements = []
    for table in tables:
        rows = await connection.fetchval(f"SELECT json_agg(t)::text FROM {table} t")
        if rows is not None:
            quoted = await connection.fetchval("SELECT quote_literal($1::text)", rows)
            statements.append(
                f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, {quoted})"
            )
    for row in await connection.fetch(_SEQUENCES):
        statements.append(f"SELECT setval('{row['name']}', {row['start_value']}, false)")
    return "; ".join(statements)
