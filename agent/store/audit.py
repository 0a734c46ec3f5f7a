"""The chain's blocks in the database."""

from datetime import datetime
from typing import NamedTuple

from agent.store.queries import queries
from agent.store.rows import Connection, Pool, Row

_SQL = queries("audit")


class Block(NamedTuple):
    """The next events in order, and what the chain came to with each; `signature` is over the last of these."""

    number: int
    seqs: tuple[int, ...]
    heads: bytes
    at: datetime
    key: str
    signature: bytes


class End(NamedTuple):
    """Where the chain ends."""

    number: int
    seq: int
    head: bytes


async def end(connection: Connection) -> End | None:
    row = await connection.fetchrow(_SQL["last_block"])
    return End(row["number"], row["seq"], row["head"]) if row else None


async def entries_after(connection: Connection, seq: int, limit: int) -> list[Row]:
    return await connection.fetch(_SQL["entries_after"], seq, limit)


async def add(connection: Connection, block: Block) -> None:
    await connection.execute(
        _SQL["add_block"],
        block.number,
        list(block.seqs),
        block.heads,
        block.at,
        block.key,
        block.signature,
    )


class Blocks:
    """Reading the chain."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def after(self, number: int, limit: int) -> list[Block]:
        rows = await self._pool.fetch(_SQL["blocks_after"], number, limit)
        return [
            Block(r["number"], tuple(r["seqs"]), r["heads"], r["at"], r["key"], r["signature"]) for r in rows
        ]

    async def entries(self, after: int, until: int) -> list[Row]:
        """The events behind `after`, up to and with `until`, as they stand now; pruned ones have a `digest` alone."""
        return await self._pool.fetch(_SQL["entries_between"], after, until)

    async def unchained(self) -> tuple[int, float]:
        """How many events are not in the chain yet, and for how many seconds the oldest has been there."""
        row = await self._pool.fetchrow(_SQL["last_block"])
        told = await self._pool.fetchrow(_SQL["unchained"], row["seq"] if row else 0)
        assert told is not None
        return told["entries"], float(told["oldest_s"])
