"""Whoever issued a ticket sees to it; the queue is asked a little later."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from agent.engine.driver import SteadyDriver
from agent.engine.near import Near
from agent.store.database import Database, unobserved
from agent.store.rows import Pool
from agent.store.tx import Ticket

INSERTED = '{"operation": "insert"}'
PATIENCE_S = 60
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
    """Whoever takes jobs, and what he is told through a driver with this patience."""

    def __init__(self, patience: Callable[[], float] | None) -> None:
        self.heard: list[str] = []
        self.spoken_to = asyncio.Event()
        self.driver = SteadyDriver(cast("Pool", None), "", asyncio.Event(), patience=patience)

    def tell(self, word: str, *, new: bool = True) -> None:
        cast("Any", self.driver)._tell(self._told, word, new=new)

    def _told(self, word: str) -> None:
        self.heard.append(word)
        self.spoken_to.set()

    async def until_told(self) -> list[str]:
        await asyncio.wait_for(self.spoken_to.wait(), PATIENCE_S)
        self.spoken_to.clear()
        return self.heard


async def test_without_patience_every_word_comes_at_once() -> None:
    hearing = Hearing(None)
    hearing.tell(INSERTED)
    hearing.tell(DELETED)
    assert hearing.heard == [INSERTED, DELETED]


async def test_one_word_is_said_for_all_that_happened_and_the_next_for_what_comes_after_it() -> None:
    for patience in (lambda: 0.0, lambda: 0.01):
        hearing = Hearing(patience)
        for _ in range(3):
            hearing.tell(INSERTED)
        assert await hearing.until_told() == [INSERTED]
        hearing.tell(INSERTED)
        assert await hearing.until_told() == [INSERTED, INSERTED]


async def test_a_word_waits_for_as_long_as_there_is_patience_when_it_comes() -> None:
    loop, hearing = asyncio.get_running_loop(), Hearing(lambda: 0.05)
    began = loop.time()
    hearing.tell(INSERTED)
    await hearing.until_told()
    assert loop.time() - began >= 0.05


async def test_word_of_a_job_that_is_done_with_does_not_wait() -> None:
    hearing = Hearing(lambda: 0.05)
    hearing.tell(INSERTED)
    hearing.tell(DELETED, new=False)
    assert hearing.heard == [DELETED]
