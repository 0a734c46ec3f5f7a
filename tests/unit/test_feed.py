"""What followers of the log are told while it grows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import cast

from agent.feed import KEPT_BYTES, PAGE, Feed
from agent.store.ears import Ears
from agent.store.events import Events
from domain.event import Event
from domain.facts.task import TaskHeartbeat

PATIENCE_S = 60


def event(seq: int) -> Event:
    fact = TaskHeartbeat(task_id="t1", worker="w", running=1, ended=0, total=1)
    return Event(seq=seq, at=datetime(2026, 1, 1, tzinfo=UTC), actor="w", fact=fact)


class Log:
    """As much of the log as a feed reads."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def head(self) -> int:
        return len(self.events)

    async def after(self, seq: int, *, task_id: str | None = None, limit: int = PAGE) -> list[Event]:
        return self.events[seq : seq + limit]


@asynccontextmanager
async def feed() -> AsyncIterator[tuple[Feed, Log]]:
    log = Log()
    found = Feed(cast("Events", log), Ears(""))
    reading = asyncio.create_task(found._read())
    try:
        yield found, log
    finally:
        reading.cancel()


async def test_a_frame_is_made_once_for_all_who_follow() -> None:
    made: list[int] = []

    def encode(event: Event) -> bytes:
        made.append(event.seq)
        return b"%d" % event.seq

    async with feed() as (found, _):
        assert [found.frame(event(seq), encode) for seq in (1, 2, 1, 1, 2)] == [b"1", b"2", b"1", b"1", b"2"]
    assert made == [1, 2]


async def test_no_more_frames_are_kept_than_a_page_and_none_that_is_long() -> None:
    async with feed() as (found, _):
        for seq in range(PAGE * 2):
            found.frame(event(seq), lambda _event: b"")
        assert len(found._frames) == PAGE
        found.frame(event(PAGE * 2), lambda _event: b"-" * (KEPT_BYTES + 1))
        assert PAGE * 2 not in found._frames


async def test_silence_is_told_of_and_what_happens_after_it_is_told() -> None:
    async with feed() as (found, log):
        following = found.follow(0, heartbeat_s=0.001)
        assert await asyncio.wait_for(anext(following), PATIENCE_S) is None
        assert await asyncio.wait_for(anext(following), PATIENCE_S) is None
        log.events.append(event(1))
        async with asyncio.timeout(PATIENCE_S):
            while (told := await anext(following)) is None:
                pass
        assert told.seq == 1
        await following.aclose()  # type: ignore[attr-defined]
