"""Programs of several versions on one schema: what a later one adds disturbs nobody, and what it takes away is told."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from agent.embedded.stack import Stack
from agent.engine.session import enlisted
from agent.store import migrate as migrating
from agent.store.database import open_database
from agent.store.migrate import Migration, migrate, migrations, newest
from agent.store.pool import connect
from agent.store.queries import queries
from agent.store.served import leave_behind, until_outlived
from domain.errors import UnreachableError
from tests.kit.catalogue import WIDENED, broken, catalogue
from tests.kit.house import SOON
from tests.postgres.test_queries import ALL

FIRST = 11
"""Programs that know less than the migration before it were given to nobody."""

ANEW = "bound anew: task: CHECK"
_HEX = "'^[0-9a-f]{64}$'"
SAME = (
    (
        "'^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'",
        f"{ANEW} (((task_id ~ '^[A-Za-z0-9][A-Za-z0-9._-]*$'::text) AND (length(task_id) <= 128)))",
    ),
    (_HEX, f"{ANEW} (((plan_hash ~ '^[0-9a-f]*$'::text) AND (length(plan_hash) = 64)))"),
    (_HEX, f"{ANEW} (((request_digest ~ '^[0-9a-f]*$'::text) AND (length(request_digest) = 64)))"),
)
"""The pattern as it had been, and what demands the same in other words; held to each other below."""


@asynccontextmanager
async def empty(stack: Stack, name: str) -> AsyncIterator[str]:
    """The address of a database without any schema."""
    base, _, query = stack.database_url.partition("?")
    connection = await asyncpg.connect(stack.database_url)
    await connection.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{base.rsplit('/', 1)[0]}/{name}?{query}"
    finally:
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await connection.close()


async def answers(connection: Any) -> dict[str, list[str]]:
    return {name: [a.name for a in (await connection.prepare(sql)).get_attributes()] for name, sql in ALL}


async def test_a_column_that_is_added_changes_the_answer_of_no_query(dsn: str) -> None:
    connection = await connect(dsn, name="test")
    try:
        before = await answers(connection)
        await connection.execute(WIDENED)
        await connection.reload_schema_state()
        assert await answers(connection) == before
    finally:
        await connection.close()


async def test_each_migration_keeps_what_the_programs_before_it_use_or_leaves_them_behind(
    stack: Stack,
) -> None:
    async with empty(stack, "step_by_step") as dsn:
        connection = await asyncpg.connect(dsn)
        try:
            for step in migrations():
                before = await catalogue(connection)
                await connection.execute(step.sql)
                lost = sorted(set(broken(before, await catalogue(connection))) - {anew for _, anew in SAME})
                assert not lost or step.needs or step.number < FIRST, (
                    f"migration {step.number:04}_{step.name} breaks programs that work beside it: {lost}; leave what they "
                    "use for another release, or say `-- leaves behind: programs before NNNN`"
                )
        finally:
            await connection.close()


@pytest.mark.parametrize(("pattern", "anew"), SAME)
async def test_what_is_demanded_in_other_words_is_the_same(dsn: str, pattern: str, anew: str) -> None:
    _, column, *_ = re.split(r"\W*(task_id|plan_hash|request_digest)\b", anew)
    given = ["", "a", "A.b-c_d", "-a", ".a", "a\n", "\n", "a b", "ä", "٣"]
    given += [letter * count for letter in ("0", "f", "F", "g", "x") for count in (63, 64, 65, 127, 128, 129)]
    given += ["0" * 63 + "\n", "0" * 64 + "\n", "\n" + "0" * 63, "x" * 127 + "\n"]
    connection = await asyncpg.connect(dsn)
    try:
        told = anew.removeprefix(ANEW)
        asked = f"SELECT ({column} ~ {pattern}) = ({told}) FROM unnest($1::text[]) AS t ({column})"
        assert [row[0] for row in await connection.fetch(asked, given)] == [True] * len(given)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("ALTER TABLE worker DROP COLUMN name", ["worker.name is gone"]),
        ("ALTER TABLE task RENAME TO work", ["task.title is gone"]),
        ("ALTER TABLE attempt ALTER COLUMN number TYPE bigint", ["attempt.number was integer and is bigint"]),
        ("ALTER TABLE task ADD COLUMN a int NOT NULL", ["task.a is demanded of those who do not know it"]),
        (
            "ALTER TABLE task ALTER COLUMN requester SET NOT NULL",
            ["task.requester must not be empty any more"],
        ),
        (
            "DROP FUNCTION slot_in_use",
            ["function slot_in_use(task text, node text, tried integer) is gone or answers otherwise"],
        ),
        (
            "ALTER TABLE task ADD CHECK (title <> '')",
            ["bound anew: task: CHECK ((title <> ''::text))"],
        ),
        ("ALTER TABLE task ADD COLUMN a int NOT NULL DEFAULT 0", []),
        ("CREATE TABLE anew (a int NOT NULL UNIQUE)", []),
        ("CREATE INDEX anew ON task (title)", []),
        ("ALTER TABLE task ADD COLUMN a int CHECK (a > 0)", []),
        ("ALTER TABLE task DROP CONSTRAINT task_mode_check", []),
    ],
)
async def test_what_a_migration_takes_away_is_seen(dsn: str, sql: str, told: list[str]) -> None:
    connection = await asyncpg.connect(dsn)
    trial = connection.transaction()
    try:
        before = await catalogue(connection)
        await trial.start()
        await connection.execute(sql)
        lost = broken(before, await catalogue(connection))
        await trial.rollback()
        assert set(told) <= set(lost)
        assert bool(told) == bool(lost)
    finally:
        await connection.close()


async def test_a_schema_leaves_nobody_behind_who_still_works_on_it(dsn: str) -> None:
    connection = await connect(dsn, name="test")
    later = newest() + 1
    try:
        async with enlisted(dsn, "old one") as session:
            assert (
                await connection.fetchval("SELECT knows FROM worker WHERE worker_id = $1", session.worker_id)
                == newest()
            )
            with pytest.raises(UnreachableError, match="old one"):
                await leave_behind(connection, later, leave_s=0.0)
            leaving = asyncio.create_task(leave_behind(connection, later, leave_s=SOON))
        await leaving
        assert await connection.fetchval(queries("served")["since"]) == later
        async with open_database(dsn) as database, asyncio.timeout(SOON):
            with pytest.raises(UnreachableError, match=f"migration {later:04}"):
                await until_outlived(database.pool, newest())
        with pytest.raises(UnreachableError, match="install the version"):
            await migrate(dsn)
    finally:
        await connection.close()


async def test_a_migration_that_somebody_is_in_the_way_of_is_tried_again(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = "LOCK TABLE worker IN ACCESS EXCLUSIVE MODE; ALTER TABLE task ADD COLUMN later int"
    step = Migration(newest() + 1, "later", wide)
    monkeypatch.setattr(migrating, "migrations", lambda: (*migrations(), step))
    other = await connect(dsn, name="somebody")
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    try:
        # Whoever looks for a circle first is the one to end: that is the migration here, once there is one to be found.
        await other.execute("SET deadlock_timeout = '5min'")
        async with other.transaction():
            await other.execute("LOCK TABLE task IN ACCESS SHARE MODE")
            running = asyncio.create_task(migrate(f"{dsn}{'&' if '?' in dsn else '?'}deadlock_timeout=5s"))
            async with asyncio.timeout(SOON):
                while not await other.fetchval(waiting):
                    await asyncio.sleep(0.02)
            await other.execute("UPDATE worker SET name = 'waits behind it'")
        assert await running == [f"{step.number:04}_later"]
    finally:
        await other.close()
