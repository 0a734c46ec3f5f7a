"""Refuses bodies over the limit while they are read, in our own words.

FastAPI's `max_body_size` does the same, but answers a declared length over it in plain text.
"""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.api.errors import spoken, too_large


class BodyLimit:
    """Counts what comes in, whatever was declared; a declared length over the limit is not read at all.

    `wider` has the paths on which more may come, up to another limit, where `mark` is among what comes first.
    """

    def __init__(self, app: ASGIApp, limit: int, wider: Mapping[str, int], mark: bytes) -> None:
        self._app = app
        self._limit = limit
        self._wider = wider
        self._mark = mark

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = max(self._limit, self._wider.get(scope["path"], 0))
        if self._declared(scope) > most:
            refused = too_large(most)
            await spoken(413, refused.code, refused.message)(scope, receive, send)
            return
        read, first = 0, b""

        async def counted() -> Message:
            nonlocal read, first
            message = await receive()
            body = message.get("body", b"")
            read += len(body)
            if len(first) < self._limit < most:
                first += body
            if read > (allowed := most if self._mark in first else self._limit):
                raise HTTPException(413, too_large(allowed).message)
            return message

        await self._app(scope, counted, send)

    def _declared(self, scope: Scope) -> int:
        declared = Headers(scope=scope).get("content-length", "0")
        return int(declared) if declared.isdigit() else 0
