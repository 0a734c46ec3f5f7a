"""Whether it lives, whether it can work, and what it counts."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from agent.api.deps import Served
from agent.api.rights import needs
from agent.service.views.readiness import Live, Readiness

router = APIRouter(tags=["health"])


@router.get("/healthz")
@needs("nothing")
async def healthz(served: Served) -> Live:
    """The process answers."""
    return Live(timestamp=served.clock.now())


@router.get("/readyz", responses={503: {"model": Readiness}})
@needs("nothing")
async def readyz(served: Served, response: Response) -> Readiness:
    """The database answers; how Redis and the gateway are."""
    found = await served.ready()
    if found.status != "ready":
        response.status_code = 503
    return found


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(served: Served, accept: Annotated[str, Header()] = "") -> Response:
    """Prometheus exposition."""
    body, media_type = await served.exposition(accept)
    return Response(body, headers={"Content-Type": media_type})
