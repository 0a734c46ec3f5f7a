"""The shapes that rows, connections and pools have on this floor.

asyncpg's classes are generic for the type checker only.
"""

from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Row = asyncpg.Record
    OwnConnection = asyncpg.Connection[asyncpg.Record]
    Connection = PoolConnectionProxy[asyncpg.Record] | OwnConnection
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Row = asyncpg.Record
    OwnConnection = Connection = asyncpg.Connection
    Pool = asyncpg.Pool
