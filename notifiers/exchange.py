"""One HTTP request, and how far it got: told apart is what never left, what was answered, and what nobody knows."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple

import httpx

LIMIT: Final = 64 * 1024
"""Bytes of an answer that are read; nobody we tell something has more to say."""
TIMEOUT_S: Final = 10.0

Send = Callable[[httpx.Request], Awaitable[httpx.Response]]


class Answered(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def retry_after_s(self) -> float | None:
        """The other side's wish, where it is a number of seconds."""
        wish = self.headers.get("retry-after", "").strip()
        return float(wish) if wish.isascii() and wish.isdigit() else None

    @property
    def said(self) -> str:
        """The beginning of the answer, for reasons."""
        return self.body[:300].decode(errors="replace")


class NotSent(NamedTuple):
    """The request never left this machine."""

    why: str


class Lost(NamedTuple):
    """The request left, or may have, and no answer came."""

    why: str


async def exchange(
    send: Send, request: httpx.Request, *, timeout_s: float = TIMEOUT_S, limit: int = LIMIT
) -> Answered | NotSent | Lost:
    """Send it and read the answer, at most `limit` bytes of it within `timeout_s`, whatever the other side does."""
    told = _Progress()
    request.extensions = {**request.extensions, "trace": told.trace}
    try:
        # Time is limited around the whole exchange; the library's limits start anew with every byte.
        async with asyncio.timeout(timeout_s):
            await _read(send, request, told, limit)
    except TimeoutError:
        return told.answered() or told.failed(f"no answer within {timeout_s:g} s")
    except httpx.HTTPError as error:
        return told.answered() or told.failed(str(error) or type(error).__name__)
    return told.answered() or told.failed("the connection ended without an answer")


class _Progress:
    """What is known of the exchange so far."""

    def __init__(self) -> None:
        self.left = False
        self.response: httpx.Response | None = None
        self.body = bytearray()

    async def trace(self, event: str, _: Mapping[str, object]) -> None:
        self.left = self.left or event.endswith("send_request_headers.started")

    def answered(self) -> Answered | None:
        """An answer counts from its status on, even where its body never ended."""
        if self.response is None:
            return None
        return Answered(self.response.status_code, self.response.headers, bytes(self.body))

    def failed(self, why: str) -> NotSent | Lost:
        return Lost(why) if self.left else NotSent(why)


async def _read(send: Send, request: httpx.Request, told: _Progress, limit: int) -> None:
    response = await send(request)
    try:
        told.response = response
        async for chunk in response.aiter_raw():
            told.body += chunk[: limit - len(told.body)]
            if len(told.body) >= limit:
                return
    finally:
        await response.aclose()
