"""Whoever issued a ticket sees to it; the queue is asked a little later."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import cast

import pytest

from agent.engine.near import Near
from agent.engine.word import Word, at_once
from agent.store.database import Database, unobserved
from agent.store.tx import Ticket

INSERTED = '{"operation": "insert"}'
PATIENCE_S = 60
UPDATED = '{"operation": "update"}'
DELETED = '{"operation": "delete"}'


class Issuing:
    """As much of a database as tells of tickets that were committed."""

    def __init__(self) -> None:
        self.on_tickets: Callable[[Sequence[Ticket]], None] = unobserved


@asynccontextmanager
async def near(*, hands: bool) -> AsyncIterator[tuple[Near, Issuing, list[str]]]:
    seen: list[str] = []

    async def see(task_id: str, _headers: Mapping[str, str]) -> None:
        seen.append(task_id)

    found, issuing = Near(see, lambda _task_id: hands), Issuing()
    async with found.hearing(cast("Database", issuing)):
        yield found, issuing, seen


async def test_what_is_seen_to_here_has_a_head_start_before_the_queue_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agent.engine.near.HEAD_START_S", 600.0)  # none that passes while this looks at it
    async with near(hands=True) as (found, issuing, seen):
        assert found.head_start() == 0
        issuing.on_tickets([Ticket("t1", {})])
        assert 0 < found.head_start() <= 600
    assert seen == ["t1"]


async def test_where_no_hand_is_free_the_queue_is_asked_at_once() -> None:
    async with near(hands=False) as (found, issuing, seen):
        issuing.on_tickets([Ticket("t1", {})])
        assert found.head_start() == 0
    assert seen == []


class Hearing:
    """Whoever takes tickets, and how often he is told with this patience."""

    def __init__(self, patience: Callable[[], float]) -> None:
        self.told = 0
        self._spoken_to = asyncio.Event()
        self.word = Word(self._say, patience)

    def _say(self) -> None:
        self.told += 1
        self._spoken_to.set()

    async def until_told(self) -> int:
        await asyncio.wait_for(self._spoken_to.wait(), PATIENCE_S)
        self._spoken_to.clear()
        return self.told


async def test_one_word_is_said_for_all_that_happened_and_the_next_for_what_comes_after_it() -> None:
    for patience in (at_once, lambda: 0.01):
        hearing = Hearing(patience)
        for _ in range(3):
            hearing.word.hear(INSERTED)
        assert await hearing.until_told() == 1
        hearing.word.hear(INSERTED)
        assert await hearing.until_told() == 2


async def test_a_word_waits_for_as_long_as_there_is_patience_when_it_comes() -> None:
    loop, hearing = asyncio.get_running_loop(), Hearing(lambda: 0.05)
    began = loop.time()
    hearing.word.hear(INSERTED)
    await hearing.until_told()
    assert loop.time() - began >= 0.05


async def test_what_becomes_of_tickets_that_were_taken_is_told_to_nobody() -> None:
    hearing = Hearing(at_once)
    for word in (UPDATED, DELETED, INSERTED):
        hearing.word.hear(word)
    assert await hearing.until_told() == 1


async def test_where_something_may_have_been_missed_that_is_said_at_once() -> None:
    hearing = Hearing(lambda: 600.0)
    hearing.word.hear(INSERTED)
    hearing.word.hear("")
    assert hearing.told == 1
