"""Connections to Postgres, and how JSON crosses them."""

from collections.abc import Mapping
from typing import Any, Final

import asyncpg
from pydantic_core import from_json, to_json

from agent.store.rows import OwnConnection
from domain.errors import UnreachableError

GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""What a database that is restarting or gone looks like. Whatever is retried on these must be keyed."""


def _encode(value: object) -> str:
    return to_json(value).decode()


async def speak_json(connection: Any) -> None:
    """Make `jsonb` parameters and columns Python values on this connection."""
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_encode, decoder=from_json, format="text"
    )


BY_KEY: Final = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
"""For whoever writes a few rows by their keys, over and over: planned once, as for tables that are large. Tables that
nobody has looked over yet are taken for small, and would be read from end to end for every batch."""


async def connect(dsn: str, *, name: str, settings: Mapping[str, str] | None = None) -> OwnConnection:
    """A connection of one's own, for listening or for a session lock. Raises UnreachableError."""
    try:
        connection = await asyncpg.connect(
            dsn, timeout=10, server_settings={"application_name": name, **(settings or {})}
        )
    except GONE as error:
        raise unreachable(error) from error
    await speak_json(connection)
    return connection


def unreachable(error: BaseException) -> UnreachableError:
    return UnreachableError(f"the database does not answer ({error}); check DATABASE_URL and that it runs")
