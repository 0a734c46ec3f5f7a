"""Notices on their way, over HTTP: what did not arrive, and sending it again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from agent.api.cursor import cursor_of, place_of
from agent.api.deps import Actor, Served
from agent.api.errors import answers
from agent.service.views.delivery import DeliveryPage, DeliveryView
from agent.store.deliveries import DeliveryState, Place

router = APIRouter(tags=["deliveries"])


@router.get("/deliveries", responses=answers(400))
async def deliveries(
    served: Served,
    state: Annotated[list[DeliveryState] | None, Query(description="only these; may be repeated")] = None,
    task_id: Annotated[str | None, Query(description="only what is told of this task")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: str | None = None,
) -> DeliveryPage:
    """Notices, the newest first; `state=dead` are those that somebody must look at."""
    after = Place(*place_of(cursor)) if cursor else None
    page, onward = await served.undelivered.page(states=state, task_id=task_id, after=after, limit=limit)
    return page.model_copy(update={"next": cursor_of(*onward)}) if onward else page


@router.post("/deliveries/{notice_id}/resend", responses=answers(400, 404, 409))
async def resend(notice_id: UUID, served: Served, actor: Actor) -> DeliveryView:
    """Send a dead letter after all, under the id it always had."""
    return await served.undelivered.resend(notice_id, actor=actor)
