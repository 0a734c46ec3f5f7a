"""The shapes that rows, connections and pools have on this floor.

asyncpg's classes are generic for the type checker only.
"""

from typing import TYPE_CHECKING

import asyncpg

from domain.base import JsonObject, Value

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


def known(of: type[Value], row: JsonObject) -> JsonObject:
    """Of a row that came as JSON what this version knows: a column that a later one added is none of its business."""
    return {name: value for name, value in row.items() if name in of.every_field}
