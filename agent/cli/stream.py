"""A task's events, in order, without loss or repeat, across restarts of the service that tells them."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Final

import httpx
from pydantic import ValidationError

from agent.cli.address import Address
from agent.cli.api import Api
from agent.cli.plain import plained
from agent.cli.refusal import Refusal
from domain.base import Json
from domain.event import FACT, Event

SILENCE_S: Final = 40.0
"""The service sends a heartbeat every 15 seconds; one that is silent for longer is gone."""
FIRST_WAIT_S: Final = 0.2
LONGEST_WAIT_S: Final = 3.0
PATIENCE_S: Final = 300.0
"""How long a service may be away before the watcher gives up."""

Told = Event | Refusal
"""An event; or why nothing can be heard at the moment, after which it is tried again."""


async def follow(find: Callable[[], Address], task_id: str) -> AsyncGenerator[Told, None]:
    """Everything that happened and happens to a task. `find` is asked again before each try: a service
    that was restarted may answer elsewhere.

    Raises Refusal for a task that is not there, and when the service stays away.
    """
    seen, wait, since = 0, FIRST_WAIT_S, time.monotonic()
    while True:
        try:
            async with Api(find()) as api:
                async for event in _connected(api, task_id, seen):
                    seen, wait, since = event.seq, FIRST_WAIT_S, time.monotonic()
                    yield event
            trouble = Refusal("UNREACHABLE", "the service ended the stream")
        except httpx.TransportError as error:
            trouble = Refusal("UNREACHABLE", f"the connection is lost: {str(error) or type(error).__name__}")
        except Refusal as refusal:
            if refusal.code not in {"UNREACHABLE", "INTERNAL_ERROR"}:
                raise
            trouble = refusal
        if time.monotonic() - since > PATIENCE_S:
            raise trouble
        yield trouble
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT_S)


async def _connected(api: Api, task_id: str, seen: int) -> AsyncIterator[Event]:
    headers = {"Last-Event-ID": str(seen), "Accept": "text/event-stream"}
    async with api.lines("tasks", task_id, "events", silence_s=SILENCE_S, headers=headers) as lines:
        data: list[str] = []
        async for line in lines:
            if line.startswith("data:"):
                data.append(line.removeprefix("data:").removeprefix(" "))
            elif not line and data:
                event = read("\n".join(data))
                data.clear()
                if event is not None:
                    yield event


def read(text: str) -> Event | None:
    """An event as `domain.event.shown` wrote it; nothing for a kind that only a newer service knows."""
    shown = plained(json.loads(text))
    assert isinstance(shown, dict)
    data = shown.get("data")
    fact: dict[str, Json] = {**(data if isinstance(data, dict) else {})}
    fact |= {name: shown[name] for name in ("kind", "task_id", "subtask_id") if shown.get(name) is not None}
    try:
        return Event.model_validate(
            {
                "seq": shown.get("seq"),
                "at": shown.get("at"),
                "actor": shown.get("actor"),
                "fact": FACT.validate_python(fact, extra="ignore"),
            }
        )
    except ValidationError:
        return None
