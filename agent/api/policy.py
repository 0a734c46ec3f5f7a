"""The policy over HTTP: what another one would make of the plans that are stored."""

import asyncio
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from agent.api.deps import Served
from agent.api.errors import answers
from agent.api.rights import needs
from agent.service.simulating import MOST, Simulation
from domain.base import Value

router = APIRouter(prefix="/policy", tags=["policy"])


class Simulated(Value):
    """`policy` is the YAML of a risk policy, whole; the newest `limit` tasks are looked at."""

    policy: Annotated[str, Field(min_length=1, max_length=250_000)]
    limit: Annotated[int, Field(ge=1, le=MOST)] = 200


@router.post("/simulate", responses=answers(400))
@needs("admin")
async def simulate(body: Simulated, served: Served) -> Simulation:
    """Which stored plans would be judged otherwise under this policy. Nothing changes."""
    policy = await asyncio.to_thread(served.read_policy, body.policy)
    return await served.simulating.simulate(policy, limit=body.limit)
