"""Past plans that advise later ones, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from agent.api.deps import Served
from agent.api.errors import answers
from agent.service.learning import Forgotten, MemoryList

router = APIRouter(tags=["memory"])


@router.get("/memory", responses=answers(400))
async def memory(
    served: Served,
    limit: Annotated[int, Query(ge=1, le=3_000)] = 50,
    every_version: Annotated[bool, Query(description="also of other versions of the manifest")] = False,
) -> MemoryList:
    """The past plans that are remembered, the latest first."""
    return await served.learning.listed(limit, every_version=every_version)


@router.delete("/memory/{task_id}", responses=answers(404))
async def forget(task_id: str, served: Served) -> Forgotten:
    """Forget the plan of one task: it advises no more and is not learnt again."""
    return await served.learning.forget(task_id)


@router.delete("/memory")
async def forget_all(served: Served) -> Forgotten:
    """Forget every past plan."""
    return await served.learning.forget(None)
