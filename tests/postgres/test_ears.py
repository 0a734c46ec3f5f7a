"""All that listen in a process do so on one connection, and none of them misses anything for that."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agent.store.database import Database, open_database
from agent.store.ears import Ears
from tests.kit.command import PATIENCE_S

LISTENING = "SELECT pid FROM pg_stat_activity WHERE application_name = 'orchestrator ears' AND datname = current_database()"


class Heard:
    """What one of several has heard, and when it has come."""

    def __init__(self) -> None:
        self.words: asyncio.Queue[str] = asyncio.Queue()

    async def next(self) -> str:
        return await asyncio.wait_for(self.words.get(), PATIENCE_S)


@asynccontextmanager
async def hearing(ears: Ears, *channels: str) -> AsyncIterator[list[Heard]]:
    found = [Heard() for _ in channels]
    async with asyncio.TaskGroup() as group:
        listening = [
            group.create_task(ears.hear(channel, each.words.put_nowait))
            for channel, each in zip(channels, found, strict=True)
        ]
        for each in found:
            assert await each.next() == ""
        yield found
        for task in listening:
            task.cancel()


async def say(database: Database, channel: str, word: str) -> None:
    await database.pool.execute("SELECT pg_notify($1, $2)", channel, word)


async def test_many_listen_on_one_connection_and_each_hears_what_is_its(dsn: str) -> None:
    async with open_database(dsn) as database:
        assert await database.pool.fetch(LISTENING) == []
        async with hearing(database.ears, "one", "one", "other") as (first, second, other):
            await say(database, "one", "a")
            await say(database, "other", "b")
            assert [await each.next() for each in (first, second, other)] == ["a", "a", "b"]
            async with hearing(database.ears, "one", "late") as (again, late):
                await say(database, "late", "c")
                await say(database, "one", "d")
                assert [await late.next(), await again.next(), await first.next()] == ["c", "d", "d"]
            assert len(await database.pool.fetch(LISTENING)) == 1
            assert other.words.empty()


async def test_a_broken_connection_comes_back_and_everybody_is_told_to_look(dsn: str) -> None:
    async with open_database(dsn) as database, hearing(database.ears, "one", "other") as heard:
        (pid,) = [row["pid"] for row in await database.pool.fetch(LISTENING)]
        await database.pool.execute("SELECT pg_terminate_backend($1)", pid)
        assert [await each.next() for each in heard] == ["", ""]
        await say(database, "other", "b")
        assert await heard[1].next() == "b"


async def test_what_connecting_again_cannot_mend_ends_those_who_listen(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise LookupError("not you")

    monkeypatch.setattr("agent.store.ears.connect", refuse)
    async with open_database(dsn) as database:
        with pytest.raises(LookupError, match="not you"):
            await asyncio.wait_for(database.ears.hear("one", print), PATIENCE_S)
