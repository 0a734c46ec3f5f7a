"""The log as a stream: one reader of the database, any number of followers.

Each follower reads what lies between its place and the present from the database itself and is then fed
from memory. Whoever is too slow for its queue is cut off, and resumes from the last number it saw.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Final

from agent.store.ears import Ears
from agent.store.events import Events
from agent.store.pool import GONE
from domain.event import Event

QUEUE: Final = 1_000
"""Events that a follower may be behind before it is cut off."""
PAGE: Final = 500
POLL_S: Final = 1.0
KEPT_BYTES: Final = 16_384
"""What is longer is made for each follower anew: a page of such would be much to keep for those who are behind."""


class CutOffError(Exception):
    """The follower was too slow; it may come back with its last number."""


class _Follower:
    def __init__(self, task_id: str | None) -> None:
        self.task_id = task_id
        self.events: deque[Event] = deque()
        self.stirred = asyncio.Event()
        self.cut_off = False

    def offer(self, event: Event) -> None:
        if self.task_id is not None and event.fact.task_id != self.task_id:
            return
        if len(self.events) >= QUEUE:
            self.cut_off = True
        else:
            self.events.append(event)
        self.stirred.set()


class Feed:
    """Run `run()` in the background; `follow()` from anywhere."""

    def __init__(self, events: Events, ears: Ears) -> None:
        self._events = events
        self._ears = ears
        self._followers: set[_Follower] = set()
        self._hint = asyncio.Event()
        self._place = 0
        self._frames: dict[int, bytes] = {}

    @property
    def followers(self) -> int:
        return len(self._followers)

    def frame(self, event: Event, encode: Callable[[Event], bytes]) -> bytes:
        """What followers are sent of an event: made for the first of them, and kept for the others."""
        if (frame := self._frames.get(event.seq)) is None:
            frame = encode(event)
            if len(frame) <= KEPT_BYTES:
                self._frames[event.seq] = frame
            if len(self._frames) > PAGE:
                del self._frames[next(iter(self._frames))]
        return frame

    async def run(self) -> None:
        """Read the log as it grows, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._ears.listen("orchestrator_events", self._hint.set))
            group.create_task(self._read())

    async def _read(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._hint.wait()
            self._hint.clear()
            if self._followers:
                with contextlib.suppress(*GONE):
                    await self._catch_up()

    async def _catch_up(self) -> None:
        while page := await self._events.after(self._place, limit=PAGE):
            self._place = page[-1].seq
            for event in page:
                for follower in self._followers:
                    follower.offer(event)

    async def follow(
        self, after: int, *, task_id: str | None = None, heartbeat_s: float = 15.0
    ) -> AsyncIterator[Event | None]:
        """Every event behind `after`, in order, without loss or repeat; None is a heartbeat.

        Raises CutOffError for a follower that is too slow.
        """
        follower = _Follower(task_id)
        if not self._followers:
            head = await self._events.head()
            if not self._followers:
                self._place = head
        self._followers.add(follower)
        joined = self._place
        try:
            place = after
            async for event in self._stored(after, joined, task_id):
                place = event.seq
                yield event
            async for live in self._live(follower, max(place, joined), heartbeat_s):
                yield live
        finally:
            self._followers.discard(follower)

    async def _stored(self, after: int, until: int, task_id: str | None) -> AsyncIterator[Event]:
        while after < until:
            page = await self._events.after(after, task_id=task_id, limit=PAGE)
            for event in page:
                if event.seq > until:
                    return
                yield event
            if len(page) < PAGE:
                return
            after = page[-1].seq

    async def _live(self, follower: _Follower, after: int, heartbeat_s: float) -> AsyncIterator[Event | None]:
        loop = asyncio.get_running_loop()
        while True:
            while follower.events:
                event = follower.events.popleft()
                if event.seq > after:
                    yield event
            if follower.cut_off:
                raise CutOffError
            # A timer and no scope around the wait: events are told to hundreds at once.
            silence = loop.call_later(heartbeat_s, follower.stirred.set)
            try:
                await follower.stirred.wait()
            finally:
                silence.cancel()
            follower.stirred.clear()
            if not (follower.events or follower.cut_off):
                yield None
