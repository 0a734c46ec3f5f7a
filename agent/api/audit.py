"""The log as a file that proves itself, over HTTP."""

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from agent.api.deps import Served
from agent.api.errors import answers
from agent.api.rights import needs
from agent.audit.book import written

router = APIRouter(tags=["audit"])


class Lines(StreamingResponse):
    media_type = "application/x-ndjson"


@router.get("/audit", response_class=Lines, responses=answers(403))
@needs("admin")
async def audit(served: Served) -> Lines:
    """Every chained event, one JSON document a line, with digests for bodies; `orchestrator audit verify` checks it."""
    return Lines(written(served.blocks), headers={"Cache-Control": "no-store"})
