"""Whether Redis answers as something starts: whoever gave its address wants to hear of it there and then."""

from contextlib import aclosing

from agent.cache import Notes
from agent.embedded.stack import Stack


async def without_notes(stack: Stack) -> str | None:
    """Why a given Redis does not answer, or None; an embedded one was waited for. Work goes on without it."""
    if stack.redis != "given":
        return None
    async with aclosing(Notes(stack.redis_url)) as notes:
        return await notes.ping()
