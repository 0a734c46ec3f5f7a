"""Retention over HTTP: letting go of tasks that ended long ago."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from agent.api.deps import Actor, Served
from agent.api.errors import answers
from agent.api.rights import needs
from agent.service.pruning import Pruned
from domain.base import Value

router = APIRouter(tags=["audit"])


class PruneBody(Value):
    """Nothing goes unless `dry_run` is false."""

    older_than_days: Annotated[float, Field(ge=0, le=36_500, allow_inf_nan=False)]
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    dry_run: bool = True


@router.post("/prune", responses=answers(400, 403))
@needs("admin")
async def prune(body: PruneBody, served: Served, actor: Actor) -> Pruned:
    """Let go of tasks that ended long ago, the oldest first; of their events only digests stay, for the chain."""
    return await served.pruning.prune(
        timedelta(days=body.older_than_days), limit=body.limit, dry_run=body.dry_run, actor=actor
    )
