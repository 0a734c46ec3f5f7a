"""How much of an answer is read: a server that never stops talking must not fill the memory."""

from collections.abc import AsyncIterator
from typing import Final, cast

import httpx

MOST_BYTES: Final = 16 * 2**20
"""Far beyond what any model says at once."""


class FloodError(Exception):
    """The reason why an answer is not read to its end; told of the model that gave it in `wire`."""


async def ask_plainly(request: httpx.Request) -> None:
    """A packed answer may be a thousand times what is counted of it, so none is asked for."""
    request.headers["Accept-Encoding"] = "identity"


async def read_only_so_much(response: httpx.Response) -> None:
    """Raises FloodError at once, or while it is read, where there is more of it."""
    coding = response.headers.get("content-encoding", "identity")
    if coding.lower() != "identity":
        raise FloodError(f"it packed its answer ({coding[:40]}), though asked not to")
    if _told(response) > MOST_BYTES:
        raise _flood()
    response.stream = _Counted(cast("httpx.AsyncByteStream", response.stream))


class _Counted(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for part in self._stream:
            read += len(part)
            if read > MOST_BYTES:
                raise _flood()
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


def _flood() -> FloodError:
    return FloodError(f"it answered with more than {MOST_BYTES // 2**20} MiB, of which no more is read")


def _told(response: httpx.Response) -> int:
    told = response.headers.get("content-length", "")
    return int(told) if told.isascii() and told.isdigit() else 0
