"""An MCP server as a child process."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from logging import getLogger

from mcp.client.stdio import StdioServerParameters, stdio_client

from agent.gateway.errors import NotSentError
from agent.gateway.servers import Started
from agent.gateway.wire import Incoming, Outgoing, Streams

TAIL_BYTES = 4_000

log = getLogger(__name__)


class Tail(asyncio.Protocol):
    """What a child writes to its standard error: logged, and the end of it kept to explain a failure."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._kept = b""

    def data_received(self, data: bytes) -> None:
        self._kept = (self._kept + data)[-TAIL_BYTES:]
        for line in data.decode(errors="replace").splitlines():
            log.debug("%s: %s", self._name, line)

    @property
    def last_line(self) -> str:
        """Where programs put their reason."""
        lines = self._kept.decode(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else ""


@asynccontextmanager
async def started(server: Started, ended: asyncio.Event, tail: Tail) -> AsyncIterator[Streams]:
    parameters = StdioServerParameters(
        command=server.command, args=list(server.args), env=server.env, cwd=server.cwd
    )
    source, sink = os.pipe()
    with os.fdopen(sink, "w") as errors:
        reading, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: tail, os.fdopen(source, "rb", 0)
        )
        try:
            async with stdio_client(parameters, errlog=errors) as (incoming, outgoing):
                # The child has its own by now; with ours open, its end would never be heard.
                errors.close()
                yield Incoming(incoming, ended), Outgoing(outgoing)
        except (FileNotFoundError, PermissionError) as error:
            where = f" in {server.cwd}" if server.cwd else ""
            raise NotSentError(
                f"{server.command!r} cannot be started{where} ({error.strerror}); install it or correct the manifest"
            ) from error
        finally:
            reading.close()
