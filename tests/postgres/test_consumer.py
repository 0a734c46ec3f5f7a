"""Tickets are taken, kept and put away, as many at once as there are hands."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from agent.engine import consumer
from agent.engine.consumer import Consumer
from agent.store.database import Database, open_database
from agent.store.tickets import issue, issue_all
from tests.kit.house import SOON

KIND = "test"
HANDS = 4


class Hands:
    """See to tickets, each until it is let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.most = 0
        self.let_go = asyncio.Event()
        self.stirred = asyncio.Event()

    async def see(self, what: str, _headers: Mapping[str, str]) -> None:
        self.begun.append(what)
        self.most = max(self.most, len(self.begun) - len(self.ended))
        self.stirred.set()
        await self.let_go.wait()
        self.ended.append(what)
        self.stirred.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(SOON):
            while not holds():
                self.stirred.clear()
                await self.stirred.wait()


@asynccontextmanager
async def taking(
    database: Database, see: Callable[[str, Mapping[str, str]], Awaitable[None]]
) -> AsyncIterator[Consumer]:
    tickets = Consumer(database, KIND, see, HANDS)
    running = asyncio.create_task(tickets.run())
    try:
        yield tickets
    finally:
        running.cancel()
        await asyncio.wait([running])


async def issued(database: Database, *whats: str) -> None:
    async with database.transaction("test") as tx:
        await issue_all(tx.connection, KIND, whats)


async def put_away(database: Database, count: int) -> Counter[str]:
    """How so many tickets ended; none of them is left."""
    async with asyncio.timeout(SOON):
        while True:
            rows = await database.pool.fetch(
                "SELECT status::text FROM pgqueuer_log WHERE status NOT IN ('queued', 'picked')"
            )
            if len(rows) >= count and not await database.pool.fetchval("SELECT count(*) FROM pgqueuer"):
                return Counter(row["status"] for row in rows)
            await asyncio.sleep(0.01)


async def test_all_tickets_are_seen_to_once_and_never_more_at_once_than_there_are_hands(dsn: str) -> None:
    async with open_database(dsn) as database:
        hands, whats = Hands(), [f"t{n}" for n in range(30)]
        await issued(database, *whats)
        async with taking(database, hands.see):
            await hands.until(lambda: len(hands.begun) == HANDS)
            hands.let_go.set()
            await hands.until(lambda: len(hands.ended) == len(whats))
            assert await put_away(database, len(whats)) == {"successful": len(whats)}
        assert sorted(hands.ended) == sorted(whats)
        assert hands.most == HANDS


async def test_a_ticket_that_could_not_be_seen_to_is_put_away_with_the_reason_and_stops_nobody(
    dsn: str,
) -> None:
    seen: list[str] = []

    async def see(what: str, _headers: Mapping[str, str]) -> None:
        seen.append(what)
        if what == "bad":
            raise RuntimeError("it cannot be seen to")

    async with open_database(dsn) as database, taking(database, see):
        await issued(database, "bad", "good")
        assert await put_away(database, 2) == {"exception": 1, "successful": 1}
        why = await database.pool.fetchval(
            "SELECT traceback::text FROM pgqueuer_log WHERE status = 'exception'"
        )
    assert sorted(seen) == ["bad", "good"]
    assert "it cannot be seen to" in why


async def test_what_is_in_hand_for_long_is_told_to_be_alive_and_nobody_else_takes_it(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "LOST_AFTER", timedelta(seconds=600))
    monkeypatch.setattr(consumer, "BEAT_S", 0.05)
    heard = "SELECT heartbeat FROM pgqueuer"
    async with open_database(dsn) as database:
        hands, others = Hands(), Hands()
        async with taking(database, hands.see):
            await issued(database, "long")
            await hands.until(lambda: hands.begun == ["long"])
            first = await database.pool.fetchval(heard)
            async with taking(database, others.see), asyncio.timeout(SOON):
                while await database.pool.fetchval(heard) == first:
                    await asyncio.sleep(0.01)
            hands.let_go.set()
            assert await put_away(database, 1) == {"successful": 1}
    assert others.begun == []


async def test_a_ticket_whose_taker_is_not_heard_of_is_taken_by_another(dsn: str) -> None:
    async with open_database(dsn) as database:
        hands = Hands()
        hands.let_go.set()
        await issued(database, "lost")
        await database.pool.execute(
            "UPDATE pgqueuer SET status = 'picked', queue_manager_id = gen_random_uuid(), "
            "heartbeat = now() - interval '1 minute'"
        )
        async with taking(database, hands.see):
            await hands.until(lambda: hands.ended == ["lost"])
            assert await put_away(database, 1) == {"successful": 1}


async def test_a_ticket_for_later_is_taken_when_its_time_has_come(dsn: str) -> None:
    async with open_database(dsn) as database:
        hands = Hands()
        hands.let_go.set()
        async with taking(database, hands.see):
            async with database.transaction("test") as tx:
                at = await tx.connection.fetchval("SELECT db_now() + interval '200 milliseconds'")
                await issue(tx.connection, KIND, "later", at=at)
                due = await tx.connection.fetchval("SELECT execute_after FROM pgqueuer")
            await hands.until(lambda: hands.ended == ["later"])
            assert await database.pool.fetchval("SELECT now()") > due


async def test_whoever_is_called_off_drops_what_is_in_hand_and_says_so(dsn: str) -> None:
    async with open_database(dsn) as database:
        hands = Hands()
        async with taking(database, hands.see):
            await issued(database, "t1", "t2")
            await hands.until(lambda: len(hands.begun) == 2)
        assert hands.ended == []
        assert await put_away(database, 2) == {"canceled": 2}


async def test_whoever_closes_takes_no_more_and_ends_when_what_is_in_hand_is_done(dsn: str) -> None:
    async with open_database(dsn) as database:
        hands = Hands()
        tickets = Consumer(database, KIND, hands.see, HANDS)
        running = asyncio.create_task(tickets.run())
        await issued(database, "t1")
        await hands.until(lambda: hands.begun == ["t1"])
        tickets.close()
        await issued(database, "t2")
        hands.let_go.set()
        async with asyncio.timeout(SOON):
            await running
        assert hands.ended == ["t1"]
        assert await database.pool.fetchval("SELECT count(*) FROM pgqueuer WHERE status = 'queued'") == 1
