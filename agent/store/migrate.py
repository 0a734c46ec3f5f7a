"""Brings a database up to this version's schema: numbered files, one after the other, under one lock."""

import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import asyncpg
from pgqueuer import AsyncpgDriver, Queries

from agent.store.pool import GONE, unreachable
from agent.store.rows import OwnConnection
from agent.store.served import leave_behind, refuse_outlived
from domain.errors import UnreachableError

_LEAVES = re.compile(r"^-- leaves behind: programs before (\d{4})$", re.MULTILINE)
_FILE = re.compile(r"^(\d{4})_(\w+)\.sql$")
_LOCK = 0x6F726368_0000_0001
"""Key of the advisory lock that lets one process migrate while the others wait."""

CONNECT_S = 10.0

TRIES = 20
"""Whoever works on the tables meanwhile takes their locks in an order of his own, and the database ends one of the two."""

_LEDGER = """
CREATE TABLE IF NOT EXISTS migration (
    number int PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


class Migration(NamedTuple):
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def needs(self) -> int:
        """The migration that a program must know to go on working once this one is applied; 0: it serves all."""
        told = _LEAVES.search(self.sql)
        return 0 if told is None else int(told[1])


def newest() -> int:
    """The last migration that this program knows."""
    return migrations()[-1].number


@cache
def migrations() -> tuple[Migration, ...]:
    """All of them, in order."""
    entries = files("agent.store").joinpath("migrations").iterdir()
    matches = ((_FILE.match(entry.name), entry) for entry in entries)
    found = (Migration(int(m[1]), m[2], entry.read_text(encoding="utf-8")) for m, entry in matches if m)
    return tuple(sorted(found))


async def migrate(dsn: str) -> list[str]:
    """Apply what is missing and bring the queue's own tables up to its version; the names of what ran.

    Safe to call from any number of processes at once, and again, and while others work on it. Raises
    UnreachableError where nobody answers; where a migration that was applied has since been changed: such a
    database was made by another program; and where a newer one has left this one behind.
    """
    connection = await _connected(dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await refuse_outlived(connection, newest())
        ran = await _apply_missing(connection)
        await _converge_queue(connection)
        return ran
    finally:
        await connection.close()


async def missing(dsn: str) -> list[str]:
    """The names of migrations that this database has not had; looks, and changes nothing.

    Raises UnreachableError where nobody answers.
    """
    connection = await _connected(dsn)
    try:
        known = await connection.fetchval("SELECT to_regclass('migration') IS NOT NULL")
        rows = await connection.fetch("SELECT number FROM migration") if known else []
    finally:
        await connection.close()
    applied = {row["number"] for row in rows}
    return [_named(step) for step in migrations() if step.number not in applied]


async def _connected(dsn: str) -> OwnConnection:
    try:
        return await asyncpg.connect(dsn, timeout=CONNECT_S)
    except (*GONE, asyncpg.PostgresError, ValueError) as error:
        raise unreachable(error) from error


def _named(step: Migration) -> str:
    return f"{step.number:04}_{step.name}"


async def _apply_missing(connection: OwnConnection) -> list[str]:
    await connection.execute(_LEDGER)
    applied = {row["number"]: row["checksum"] for row in await connection.fetch("SELECT * FROM migration")}
    ran = []
    for step in migrations():
        if step.number in applied:
            _refuse_changed(step, applied[step.number])
            continue
        if step.needs:
            await leave_behind(connection, step.needs)
        await _apply(connection, step)
        ran.append(_named(step))
    return ran


async def _apply(connection: OwnConnection, step: Migration) -> None:
    for left in reversed(range(TRIES)):
        try:
            async with connection.transaction():
                await connection.execute(step.sql)
                await connection.execute(
                    "INSERT INTO migration (number, name, checksum) VALUES ($1, $2, $3)",
                    step.number,
                    step.name,
                    step.checksum,
                )
        except asyncpg.DeadlockDetectedError:
            if not left:
                raise
        else:
            return


def _refuse_changed(step: Migration, checksum: str) -> None:
    if checksum != step.checksum:
        raise UnreachableError(
            f"migration {_named(step)} of this database differs from the one in this program; "
            "use a database made by this version, or restore the program that made it"
        )


async def _converge_queue(connection: OwnConnection) -> None:
    queue = Queries(AsyncpgDriver(connection))
    if await queue.schema_is_installed():
        await queue.upgrade()
    else:
        await queue.install()
