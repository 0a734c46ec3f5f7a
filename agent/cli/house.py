"""The whole service in one process: API and worker, on a stack that is there."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from agent.api.app import create_app
from agent.bootstrap.serve import serve
from agent.cli.listen import served
from agent.cli.port import url_of
from agent.config import Settings
from agent.embedded.stack import Stack
from agent.service.served import Services


@asynccontextmanager
async def opened(
    settings: Settings, stack: Stack, listener: socket.socket, *, worker: bool
) -> AsyncIterator[Services]:
    """Raises what `serve` raises, before anybody is answered."""
    async with (
        serve(settings, stack, worker=worker, served_at=url_of(listener)) as services,
        served(create_app(lambda: nullcontext(services)), listener),
    ):
        yield services
