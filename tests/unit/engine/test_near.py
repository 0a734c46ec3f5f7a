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


async def hearing(words: Sequence[str], patience: Callable[[], float] | None) -> list[str]:
    """What whoever takes jobs is told of these words, until he hears the last one."""
    heard: list[str] = []
    last = asyncio.Event()
    driver = SteadyDriver(cast("Pool", None), "", asyncio.Event(), patience=patience)

    def told(payload: str) -> None:
        heard.append(payload)
        if payload == words[-1]:
            last.set()

    for word in words:
        cast("Any", driver)._tell(told, word)
    await asyncio.wait_for(last.wait(), 30)
    return heard


async def test_no_word_of_the_queue_is_lost_however_long_it_waits() -> None:
    for patience in (None, lambda: 0.0, lambda: 0.01):
        assert await hearing([INSERTED, DELETED], patience) == [INSERTED, DELETED]


async def test_a_word_waits_for_as_long_as_there_is_patience_when_it_comes() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await hearing([INSERTED], lambda: 0.05)
    assert loop.time() - began >= 0.05
