"""Which programs a schema serves: old and new ones side by side, until a migration leaves some behind (ADR 0022)."""

import asyncio
import contextlib
import time
from typing import Final

import asyncpg

from agent.store.pool import GONE
from agent.store.queries import queries
from agent.store.rows import OwnConnection, Pool
from domain.errors import UnreachableError

_SQL = queries("served")

LOOK_S: Final = 2.0

LEAVE_S: Final = 60.0
"""Workers that are left behind hand over what runs; calls in flight may take a while."""

AGAIN_S: Final = 0.2


def outlived(knows: int, since: int) -> UnreachableError:
    return UnreachableError(
        f"this database serves programs that know migration {since:04}, and this one knows no further than "
        f"{knows:04}; what was under way goes on with newer workers: install the version that they have"
    )


async def until_outlived(pool: Pool, knows: int) -> None:
    """Returns never; raises UnreachableError once the schema does not serve this program any more."""
    while True:
        with contextlib.suppress(*GONE):
            if (since := await pool.fetchval(_SQL["since"])) > knows:
                raise outlived(knows, since)
        await asyncio.sleep(LOOK_S)


async def refuse_outlived(connection: OwnConnection, knows: int) -> None:
    """Raises UnreachableError where this program came too late."""
    try:
        since: int = await connection.fetchval(_SQL["since"])
    except asyncpg.UndefinedTableError:
        return
    if since > knows:
        raise outlived(knows, since)


async def leave_behind(connection: OwnConnection, needs: int, *, leave_s: float = LEAVE_S) -> None:
    """Tell programs that know less to leave, and wait until their workers have.

    Raises UnreachableError where one does not.
    """
    await connection.execute(_SQL["announce"], needs)
    until = time.monotonic() + leave_s
    while left := [row["name"] for row in await connection.fetch(_SQL["left_behind"], needs)]:
        if time.monotonic() > until:
            raise UnreachableError(
                f"the schema cannot be changed while workers of an older version use it ({', '.join(left)}); "
                "end them, then start this again"
            )
        await asyncio.sleep(AGAIN_S)
