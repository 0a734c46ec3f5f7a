"""Connections to Postgres, and how JSON crosses them."""

from typing import Any

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


async def connect(dsn: str, *, name: str) -> OwnConnection:
    """A connection of one's own, for listening or for a session lock. Raises UnreachableError."""
    try:
        connection = await asyncpg.connect(dsn, timeout=10, server_settings={"application_name": name})
    except GONE as error:
        raise unreachable(error) from error
    await speak_json(connection)
    return connection


def unreachable(error: BaseException) -> UnreachableError:
    return UnreachableError(f"the database does not answer ({error}); check DATABASE_URL and that it runs")
