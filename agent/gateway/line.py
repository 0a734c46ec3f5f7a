"""An MCP server over streamable HTTP.

A lost request would make the library give up the whole connection, and with it whatever else is under way on
it. Here it becomes an answer to that one request, and its journey notes whether it had left.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx2
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CONNECTION_CLOSED

from agent.gateway.servers import Dialled
from agent.gateway.wire import JOURNEY, Incoming, Journey, Streams

LARGEST_ANSWER = 16 * 1024 * 1024

# Reading waits as long as the call may take, and the call limits that itself.
_TIMEOUT = httpx2.Timeout(connect=10.0, write=30.0, read=None, pool=None)
_LIMITS = httpx2.Limits(max_connections=None, max_keepalive_connections=64, keepalive_expiry=30.0)
_NEVER_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)


Trust = Callable[[], Awaitable[ssl.SSLContext]]
"""Whose certificates are believed."""


@asynccontextmanager
async def dialled(server: Dialled, ended: asyncio.Event, trust: Trust) -> AsyncIterator[Streams]:
    line = _Line(httpx2.AsyncHTTPTransport(verify=await trust(), limits=_LIMITS))
    # A compressed answer cut off in the middle fails in ways that no transport can tell.
    headers = {"Accept-Encoding": "identity", **server.headers}
    async with (
        httpx2.AsyncClient(transport=line, headers=headers, timeout=_TIMEOUT) as http,
        streamable_http_client(server.url, http_client=http, max_sse_event_size=LARGEST_ANSWER) as (
            incoming,
            outgoing,
        ),
    ):
        yield Incoming(incoming, ended), outgoing


class _Line(httpx2.AsyncBaseTransport):
    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        journey = JOURNEY.get() or Journey()
        journey.left, journey.status, journey.trouble = True, None, None
        try:
            response = await self._inner.handle_async_request(request)
        except _NEVER_LEFT as error:
            journey.left = False
            return _lost(request, error, journey)
        except httpx2.TransportError as error:
            return _lost(request, error, journey)
        journey.status = response.status_code
        if isinstance(response.stream, httpx2.AsyncByteStream):
            streamed = "text/event-stream" in response.headers.get("content-type", "")
            response.stream = _Body(response.stream, journey, None if streamed else LARGEST_ANSWER)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Body(httpx2.AsyncByteStream):
    """An answer as it arrives; where it breaks off it just ends, and the journey says why."""

    def __init__(self, inner: httpx2.AsyncByteStream, journey: Journey, limit: int | None) -> None:
        self._inner = inner
        self._journey = journey
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        try:
            async for chunk in self._inner:
                size += len(chunk)
                if self._limit is not None and size > self._limit:
                    self._journey.trouble = f"the answer has over {self._limit} bytes"
                    return
                yield chunk
        except httpx2.TransportError as error:
            self._journey.trouble = _said(error)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _lost(request: httpx2.Request, error: httpx2.TransportError, journey: Journey) -> httpx2.Response:
    journey.trouble = _said(error)
    failure = {"code": CONNECTION_CLOSED, "message": journey.trouble}
    body = json.dumps({"jsonrpc": "2.0", "id": None, "error": failure})
    return httpx2.Response(503, headers={"Content-Type": "application/json"}, content=body, request=request)


def _said(error: httpx2.TransportError) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
