"""The database, its schema, and Redis: the given ones, or the embedded ones started for the look."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing

from agent.cache import Notes
from agent.cli.doctor.check import Check, broken, ok, warning
from agent.cli.stack import reached
from agent.config import Settings
from agent.embedded.stack import Origin, Stack
from agent.store.migrate import migrations, missing
from domain.errors import OrchestratorError, UnreachableError

WHOSE: dict[Origin, str] = {
    "given": "as given",
    "started": "embedded; started for this look, and stopped again",
    "adopted": "embedded; taken over from a process that was killed",
    "shared": "embedded, run by the service that is up",
}


async def stores(settings: Settings, quiet: asyncio.Event) -> list[Check]:
    """Started at once and looked at when it is `quiet`: Redis has half a second to answer, and what this process computes
    meanwhile is not Redis's fault.
    """
    began = time.monotonic()
    try:
        async with reached(settings) as stack:
            seconds = time.monotonic() - began
            await quiet.wait()
            return [check async for check in _looked_at(stack, seconds)]
    except OrchestratorError as error:
        return [broken("database", error.message)]


async def _looked_at(stack: Stack, seconds: float) -> AsyncIterator[Check]:
    try:
        lacking = await missing(stack.database_url)
    except UnreachableError as error:
        yield broken("database", error.message)
    else:
        started = f" ({seconds:.1f} s)" if stack.database == "started" else ""
        yield ok("database", f"PostgreSQL answers, {WHOSE[stack.database]}{started}")
        yield _schema(lacking, stack.database)
    async with aclosing(Notes(stack.redis_url)) as notes:
        why = await notes.ping()
    if why is None:
        yield ok("redis", f"Redis answers, {WHOSE[stack.redis]}")
    else:
        # What Redis holds may be forgotten at any moment, so that the service runs without it.
        yield warning("redis", why, "Start it, or mend REDIS_URL. Tasks run all the same, without it.")


def _schema(lacking: list[str], database: Origin) -> Check:
    if not lacking:
        return ok("schema", "up to date")
    if database == "started" and len(lacking) == len(migrations()):
        return ok("schema", "made by the first `orchestrator up`")
    mend = "Nothing to do: `orchestrator up` migrates; so does `orchestrator init-db`."
    return warning("schema", f"lacks {', '.join(lacking)}", mend)
