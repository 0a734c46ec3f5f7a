"""What others call: Linear, when somebody writes a comment."""

from typing import Annotated

from fastapi import APIRouter, Header, Request

from agent.api.deps import Served
from agent.api.errors import answers
from agent.api.rights import needs
from agent.service.hearing import Became
from domain.base import Value

router = APIRouter(tags=["webhooks"])


class HeardView(Value):
    """What became of it."""

    became: Became


@router.post("/webhooks/linear", responses=answers(403, 404, 503))
@needs("nothing")
async def linear(
    request: Request, served: Served, linear_signature: Annotated[str | None, Header()] = None
) -> HeardView:
    """An answer in a new comment on the hub issue: `approve CODE`, `reject CODE reason`, `changes CODE text`.

    Signed over the raw body; whose word it is, is asked of Linear again. 503 asks Linear to call again.
    """
    return HeardView(became=await served.hearing.hear(await request.body(), linear_signature))
