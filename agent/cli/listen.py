"""An application, served on a port for a block; signals are left to whoever holds the block."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from typing import Final

import uvicorn
from fastapi import FastAPI

GRACE_S: Final = 1
"""Open event streams never end by themselves, and their readers come back with the last id they saw."""


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """The block around ends by signals; two handlers would each know half of it."""
        yield


@asynccontextmanager
async def served(app: FastAPI, listener: socket.socket) -> AsyncIterator[None]:
    """Answer on the port for the block."""
    config = uvicorn.Config(app, lifespan="on", log_config=None, timeout_graceful_shutdown=GRACE_S)
    server = _Server(config)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(sockets=[listener]), name="http")
        try:
            await server.ready.wait()
            yield
        finally:
            server.should_exit = True
            # A group whose block was cancelled cancels its tasks at once; this one is given its moment.
            await asyncio.wait([serving])
