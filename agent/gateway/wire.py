"""The library's transports, made to tell what became of a request and of the connection.

The library reports every loss alike, as "connection closed". Whether a call may be made again depends on
whether it had left, so each request carries a `Journey` with it, in its context.
"""

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import anyio
from mcp.shared.message import SessionMessage


@dataclass(slots=True)
class Journey:
    """How far a request got: whether it left, the HTTP status it met, and what went wrong on the way."""

    left: bool = False
    status: int | None = None
    trouble: str | None = None


JOURNEY: ContextVar[Journey | None] = ContextVar("journey", default=None)


class Source(Protocol):
    async def receive(self) -> SessionMessage | Exception: ...
    async def aclose(self) -> None: ...


class Sink(Protocol):
    async def send(self, item: SessionMessage, /) -> None: ...
    async def aclose(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None, /
    ) -> bool | None: ...


class _Closing:
    """What the library asks of a stream besides its messages."""

    _inner: Source | Sink

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.aclose()


class Incoming(_Closing):
    """Messages from the server; `ended` is set as soon as there will be no more."""

    def __init__(self, inner: Source, ended: asyncio.Event) -> None:
        self._inner: Source = inner
        self._ended = ended

    @property
    def last_context(self) -> object:
        """Where the library looks for the context that a message was sent in."""
        return getattr(self._inner, "last_context", None)

    async def receive(self) -> SessionMessage | Exception:
        try:
            return await self._inner.receive()
        except (anyio.EndOfStream, anyio.ClosedResourceError):
            self._ended.set()
            raise

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None


class Outgoing(_Closing):
    """Messages to a child process; one has left unless it certainly has not."""

    def __init__(self, inner: Sink) -> None:
        self._inner: Sink = inner

    async def send(self, item: SessionMessage, /) -> None:
        journey = JOURNEY.get() or Journey()
        journey.left = True
        try:
            await self._inner.send(item)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            journey.left = False
            raise


Streams = tuple[Incoming, Sink]
