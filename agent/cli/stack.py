"""Which database and Redis a command works on when it is not the service itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agent.config import Settings
from agent.embedded.stack import Stack, embedded, shared
from domain.errors import ConfigurationError, UnreachableError


def joined(settings: Settings) -> Stack:
    """For a second process: what is given, or what a service on the same data folder runs."""
    if settings.database_url is not None:
        if settings.redis_url is None:
            raise ConfigurationError(
                "DATABASE_URL is set and REDIS_URL is not; a worker shares both with the service, so set both"
            )
        return Stack(
            settings.database_url.get_secret_value(), settings.redis_url.get_secret_value(), "given", "given"
        )
    found = shared(settings)
    if found is None:
        raise UnreachableError(
            f"no service runs on data folder {settings.orchestrator_data}; start one with `orchestrator up`, "
            "name its folder with --data, or set DATABASE_URL and REDIS_URL"
        )
    return found


@asynccontextmanager
async def reached(settings: Settings) -> AsyncIterator[Stack]:
    """What a service on the data folder runs now; where none does, the same started for the block."""
    found = shared(settings)
    if found is not None and settings.database_url is None:
        yield found
        return
    async with embedded(settings) as stack:
        yield stack
