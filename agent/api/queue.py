"""The queue over HTTP: how much runs at once, and everything to a stop."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from agent.api.deps import Actor, Served
from agent.api.errors import answers
from agent.service.queueing import Stopped
from domain.base import Value
from domain.queue import QueueSettings

router = APIRouter(tags=["queue"])


class StopBody(Value):
    reason: Annotated[str, Field(max_length=2_000)] | None = None


@router.get("/queue/settings")
async def settings(served: Served) -> QueueSettings:
    """Whether the queue is paused, how many tasks run at once, and whether a failure stops it."""
    return await served.queueing.settings()


@router.put("/queue/settings", responses=answers(400))
async def put_settings(body: QueueSettings, served: Served, actor: Actor) -> QueueSettings:
    """Set all of them; what is left out is set to its default."""
    return await served.queueing.set(body, actor=actor)


@router.post("/queue/stop", status_code=202)
async def stop(served: Served, actor: Actor, body: StopBody | None = None) -> Stopped:
    """Stop everything: take nothing up any more, and pause whatever runs."""
    return await served.queueing.stop(actor=actor, reason=body.reason if body else None)
