"""Watching a task until it ends or waits for people."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, Protocol

from rich.live import Live

from agent.cli.address import Address, Where
from agent.cli.api import Api
from agent.cli.draw.event import event_line
from agent.cli.draw.live import LiveTree
from agent.cli.draw.now import what_now
from agent.cli.draw.screen import emit, out, say
from agent.cli.exits import OF_TASK, Exit
from agent.cli.read import read
from agent.cli.refusal import Refusal
from agent.cli.stream import Told, follow
from agent.cli.watched import Watched
from agent.service.views.task import TaskView
from domain.base import JsonObject
from domain.event import Event

ENDED_S: Final = 0.02
SETTLED_S: Final = 0.3
"""A task that came to rest and stays so for this long is asked whether that is all: the log may go on
at once, as it does where an approval was given long ago."""


class Show(Protocol):
    """Whoever wants to see what goes on."""

    def event(self, event: Event, watched: Watched) -> None: ...

    def trouble(self, message: str | None) -> None:
        """Nothing can be heard at the moment, and why; None once it can again."""
        ...


class Silent:
    """For programs, which want the end only."""

    def event(self, event: Event, watched: Watched) -> None:
        pass

    def trouble(self, message: str | None) -> None:
        pass


class Lines:
    """One line for each event."""

    def __init__(self) -> None:
        self._console = out()
        self._told = False

    def event(self, event: Event, watched: Watched) -> None:  # noqa: ARG002  a line needs the event only
        self._console.print(event_line(event), soft_wrap=True)

    def trouble(self, message: str | None) -> None:
        if message and not self._told:
            self._console.print(f"{message}; trying again", style="yellow", soft_wrap=True)
        self._told = message is not None


class Drawn:
    """A tree that is drawn again with every event, and in between."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._tree: LiveTree | None = None

    def event(self, event: Event, watched: Watched) -> None:  # noqa: ARG002  the tree shows all there is
        if self._tree is None:
            self._tree = LiveTree(watched)
            self._live.update(self._tree)

    def trouble(self, message: str | None) -> None:
        if self._tree is not None:
            self._tree.trouble = message


@contextmanager
def showing() -> Iterator[Show]:
    """A live tree for people, lines for everything else."""
    console = out()
    if not console.is_terminal:
        yield Lines()
        return
    with Live(console=console, refresh_per_second=8) as live:
        yield Drawn(live)


def watch(task_id: str, *, where: Where, as_json: bool) -> Exit:
    """The command."""

    async def watching() -> Exit:
        async with Api(where.find()) as api:
            await api.get("tasks", task_id)
        return await shown_to_the_end(task_id, where, as_json=as_json)

    return asyncio.run(watching())


async def shown_to_the_end(task_id: str, where: Where, *, as_json: bool) -> Exit:
    """Watch, then say how it stands and what to do about it."""
    if as_json:
        answer = await until_rest(task_id, where.find, Silent())
        emit(answer)
        return OF_TASK[read(TaskView, answer).status]
    with showing() as show:
        answer = await until_rest(task_id, where.find, show)
    task = read(TaskView, answer)
    say(what_now(task, where.suffix))
    return OF_TASK[task.status]


async def until_rest(task_id: str, find: Callable[[], Address], show: Show) -> JsonObject:
    """Follow the task until it ends or waits for people; the API's word on it then."""
    gc.enable()  # this may take days
    watched, events = Watched(task_id), follow(find, task_id)
    waiting = asyncio.ensure_future(_next(events))
    try:
        while True:
            await asyncio.wait([waiting], timeout=_patience_s(watched))
            if waiting.done():
                _take(waiting.result(), watched, show)
                waiting = asyncio.ensure_future(_next(events))
            elif (answer := await _settled(task_id, find, watched)) is not None:
                return answer
    finally:
        waiting.cancel()
        with suppress(asyncio.CancelledError, Refusal):
            await waiting
        await events.aclose()


def _patience_s(watched: Watched) -> float | None:
    if watched.has_ended:
        return ENDED_S
    return SETTLED_S if watched.is_at_rest else None


async def _next(events: AsyncIterator[Told]) -> Told:
    return await anext(events)


def _take(told: Told, watched: Watched, show: Show) -> None:
    if isinstance(told, Refusal):
        show.trouble(told.message)
        return
    watched.apply(told)
    show.trouble(None)
    show.event(told, watched)


async def _settled(task_id: str, find: Callable[[], Address], watched: Watched) -> JsonObject | None:
    """What the API says of the task, if that is what its events say; nothing where more is to come."""
    try:
        async with Api(find()) as api:
            answer = await api.get("tasks", task_id)
    except Refusal as refusal:
        if refusal.code == "UNREACHABLE":
            return None
        raise
    stored = read(TaskView, answer).status
    return answer if watched.task is not None and stored == watched.task.status else None
