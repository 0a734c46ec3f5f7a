"""Refuses bodies over the limit while they are read, in our own words.

FastAPI's `max_body_size` does the same, but answers a declared length over it in plain text.
"""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.api.errors import TOO_LARGE, spoken


class BodyLimit:
    """Counts what comes in, whatever was declared; a declared length over the limit is not read at all."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._declared(scope) > self._limit:
            await spoken(413, *TOO_LARGE)(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)

    def _declared(self, scope: Scope) -> int:
        declared = Headers(scope=scope).get("content-length", "0")
        return int(declared) if declared.isdigit() else 0
