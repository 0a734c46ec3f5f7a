"""The log as server-sent events: `id` is the sequence number, `Last-Event-ID` resumes without loss or repeat."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic_core import to_json

from agent.api.deps import Served
from agent.api.errors import answers
from agent.feed import CutOffError
from agent.service.served import Services
from domain.errors import FieldIssue, InvalidInputError
from domain.event import Event, shown

router = APIRouter(tags=["events"])

HEARTBEAT = b": heartbeat\n\n"
LastEventId = Annotated[str | None, Header(description="the last `id` seen; the stream goes on behind it")]
After = Annotated[int | None, Query(ge=0, description="the same, for clients that cannot set headers")]


class EventStream(StreamingResponse):
    media_type = "text/event-stream"


@router.get("/tasks/{task_id}/events", response_class=EventStream, responses=answers(400, 404))
async def task_events(
    task_id: str, served: Served, last_event_id: LastEventId = None, after: After = None
) -> EventStream:
    """Everything that happened and happens to one task, from its beginning."""
    await served.tasks.get(task_id)
    return _stream(served, _start(last_event_id, after) or 0, task_id)


@router.get("/events", response_class=EventStream, responses=answers(400))
async def events(served: Served, last_event_id: LastEventId = None, after: After = None) -> EventStream:
    """Everything that happens from now on; with a place, from there on."""
    start = _start(last_event_id, after)
    return _stream(served, await served.events.head() if start is None else start, None)


def _start(last_event_id: str | None, after: int | None) -> int | None:
    if last_event_id is None:
        return after
    if not last_event_id.isdigit():
        raise InvalidInputError(
            "Last-Event-ID must be the `id` of an event",
            fields=[FieldIssue("Last-Event-ID", f"{last_event_id!r} is not a number")],
        )
    return int(last_event_id)


def _stream(served: Services, start: int, task_id: str | None) -> EventStream:
    return EventStream(
        _encoded(served, start, task_id), headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    )


async def _encoded(served: Services, start: int, task_id: str | None) -> AsyncIterator[bytes]:
    yield HEARTBEAT
    try:
        with served.streaming():
            async for event in served.feed.follow(start, task_id=task_id):
                yield HEARTBEAT if event is None else served.feed.frame(event, encode)
    except CutOffError:
        yield b": too slow, come back with your last id\n\n"


def encode(event: Event) -> bytes:
    return format_sse_event(
        id=str(event.seq), event=event.fact.kind, data_str=to_json(shown(event), ensure_ascii=True).decode()
    )
