"""Calls tools of MCP servers, over connections that are opened when needed and shared by everybody."""

import asyncio
import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Self, cast

import httpx2
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult, RequestParamsMeta

from agent.gateway.catalogue import Offered
from agent.gateway.connection import Connection, Live
from agent.gateway.errors import NotSentError, ToolFailedError
from agent.gateway.failure import failure, is_lost_session
from agent.gateway.port import NOTHING
from agent.gateway.result import ToolResult
from agent.gateway.servers import GATEWAY, Door, address_of, door_to
from agent.gateway.translate import translated
from agent.gateway.wire import JOURNEY, Journey
from domain.agent import Health, Manifest
from domain.tool import ToolCall

FRESH_S = 60.0
"""How long a list of tools is believed."""

PROBE_S = 10.0
STOPPING_S = 1.0
"""What a call may take over its time: the library stops it by then, if the backend takes messages at all."""

_ABOUT = "orchestrator/"


class McpGateway:
    """The door to all servers of a manifest; an async context manager that leaves no process behind."""

    def __init__(self, manifest: Callable[[], Manifest], environ: Mapping[str, str]) -> None:
        self._manifest = manifest
        self._environ = environ
        self._group = asyncio.TaskGroup()
        self._connections: dict[str, Connection] = {}
        self._tls: ssl.SSLContext | None = None

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        for connection in self._connections.values():
            connection.close()
        # An error of the body goes on as it is; the group would wrap it, though no owner has failed.
        await self._group.__aexit__(None, None, None)

    async def call(
        self, call: ToolCall, *, key: str, timeout_s: float, about: Mapping[str, str] = NOTHING
    ) -> ToolResult:
        """The tool's answer; raises NotSentError, OutcomeUnknownError, CallTimedOutError or ToolFailedError.

        `key` is the idempotency key, `about` tells whose call it is; both go along in the call's `_meta`.
        Cancelling the caller is passed on to the server.
        """
        _must_be_encodable(call)
        deadline = asyncio.get_running_loop().time() + timeout_s
        meta = {f"{_ABOUT}{name}": value for name, value in {**about, "idempotency-key": key}.items()}
        answer = await self._asked(call, meta, deadline)
        if answer is None:  # the connection had ended unnoticed and nothing was sent
            answer = await self._asked(call, meta, deadline, last=True)
        assert answer is not None
        return translated(answer, tool=_named(call))

    async def tools(self, server: str, within_s: float = PROBE_S) -> Mapping[str, Offered]:
        """Which of the server's declared tools are there, by the manifest's names."""
        live = await self._listed(server, FRESH_S, within_s)
        return live.catalogue.of(server, self._manifest().servers[server].tools, self._door(server).naming)

    async def probe(self, server: str | None = None) -> tuple[Health, str | None]:
        """Whether the server answers now; without a name, whether the gateway does."""
        behind = (name for name, s in self._manifest().servers.items() if s.transport == "gateway")
        asked = next(behind, None) if server is None else server
        if asked is None:
            return "unknown", "no server of the manifest is behind the gateway"
        try:
            await self._listed(asked, 0.0)
        except NotSentError as error:
            return "unhealthy", error.message
        return "healthy", None

    async def _listed(self, server: str, fresh_s: float, within_s: float = PROBE_S) -> Live:
        """The connection with a list of its tools; opened anew once if it turns out to have ended."""
        connection = self._connection(server, self._door(server))
        live = await connection.live(within_s)
        try:
            await live.refresh(fresh_s, within_s)
        except NotSentError:
            if not live.ended.is_set():
                raise
            live = await connection.live(within_s)
            await live.refresh(fresh_s, within_s)
        return live

    async def _asked(
        self, call: ToolCall, meta: Mapping[str, str], deadline: float, *, last: bool = False
    ) -> CallToolResult | None:
        """The answer, or nothing where the connection turned out to have ended before anything was sent."""
        door, loop = self._door(call.server), asyncio.get_running_loop()
        connection = self._connection(call.server, door)
        live = await connection.live(deadline - loop.time())
        name = await live.name_of(call, door.naming, deadline - loop.time())
        timeout_s = max(deadline - loop.time(), 0.0)
        with _travelling() as journey:
            try:
                async with asyncio.timeout(timeout_s + STOPPING_S):
                    answer = await live.client.call_tool(
                        name, call.arguments, timeout_s, meta=cast("RequestParamsMeta", meta)
                    )
            except Exception as error:
                if isinstance(error, MCPError) and is_lost_session(error, journey):
                    live.retire()
                if not last and (live.retired or (live.ended.is_set() and not journey.left)):
                    return None
                raise failure(error, journey, tool=_named(call), timeout_s=timeout_s) from error
        connection.worked()
        return answer

    def _door(self, server: str) -> Door:
        return door_to(self._manifest(), server)

    def _connection(self, server: str, door: Door) -> Connection:
        connection = self._connections.get(door.connection)
        if connection is None:
            connection = self._connections[door.connection] = Connection(
                "the gateway" if door.connection == GATEWAY else f"server {server!r}",
                lambda: address_of(self._manifest(), server, self._environ),
                self._trust,
                self._group,
            )
        return connection

    async def _trust(self) -> ssl.SSLContext:
        """Read once and by a thread: certificates take 30 ms to load."""
        if self._tls is None:
            self._tls = await asyncio.to_thread(httpx2.create_ssl_context)
        return self._tls


@contextmanager
def _travelling() -> Iterator[Journey]:
    journey = Journey()
    token = JOURNEY.set(journey)
    try:
        yield journey
    finally:
        JOURNEY.reset(token)


def _named(call: ToolCall) -> str:
    return f"{call.server}.{call.tool}"


def _must_be_encodable(call: ToolCall) -> None:
    """Half a character (a lone surrogate) would break the connection for everybody on it."""
    try:
        json.dumps(call.arguments, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ToolFailedError(
            f"{_named(call)} was not called: its arguments hold half a character ({error.reason})",
            retryable=False,
        ) from error
