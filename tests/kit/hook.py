"""The receiving end of a webhook on a real socket: takes calls, or misbehaves in any way that HTTP lets one misbehave."""

import asyncio
import contextlib
import ssl
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

STATUS = {
    "302": b"302 Found\r\nLocation: http://127.0.0.1:1/elsewhere",
    "404": b"404 Not Found",
    "410": b"410 Gone",
    "429": b"429 Too Many Requests\r\nRetry-After: 7",
    "500": b"500 Internal Server Error",
}
"""Moods that are an answer: nothing is taken."""


@dataclass(frozen=True)
class Call:
    """One call that was taken."""

    line: str
    headers: Mapping[str, str]
    body: bytes
    name: str | None
    """The server name that TLS asked for."""


@dataclass
class Hook:
    """What it took, and how it behaves next: a status of `STATUS`, `cut` (takes it and hangs up), `hang`, `garbage`
    (answers what is not HTTP), `flood` (an answer that never ends), `drip` (a status, and then nothing).
    """

    answer: bytes = b"{}"
    port: int = 0
    calls: int = 0
    taken: list[Call] = field(default_factory=list)
    moods: deque[str] = field(default_factory=deque)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    name: str | None = None
    flooded: int = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            await self._serve(reader, writer)
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        call = await _read(reader, self.name)
        self.calls += 1
        mood = self.moods.popleft() if self.moods else None
        if mood in {None, "cut", "flood", "drip"}:
            self.taken.append(call)
        match mood:
            case "cut":
                return
            case "hang":
                await self.release.wait()
            case "garbage":
                writer.write(b"\x00\x01 this is not HTTP at all\r\n\r\n")
            case "flood":
                await self._flood(writer)
            case "drip":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx")
                await writer.drain()
                await self.release.wait()
            case None:
                length = str(len(self.answer)).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\n" + self.answer)
            case status:
                writer.write(b"HTTP/1.1 " + STATUS[status] + b"\r\nContent-Length: 2\r\n\r\nno")
        await writer.drain()

    async def _flood(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n")
        while not self.release.is_set():
            writer.write(b"x" * 65_536)
            await writer.drain()
            self.flooded += 65_536


@asynccontextmanager
async def hook(
    *, tls: ssl.SSLContext | None = None, answer: bytes = b"{}", address: str = "127.0.0.1"
) -> AsyncIterator[Hook]:
    """A receiver, for as long as the block lasts."""
    double = Hook(answer=answer)
    if tls is not None:

        def named(_socket: object, name: str, _context: object) -> None:
            double.name = name

        tls.sni_callback = named
    server = await asyncio.start_server(double, address, 0, ssl=tls)
    double.port = server.sockets[0].getsockname()[1]
    try:
        yield double
    finally:
        double.release.set()
        server.close()
        await server.wait_closed()


async def _read(reader: asyncio.StreamReader, name: str | None) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *rest = head.strip().split("\r\n")
    headers = {key.lower(): value.strip() for key, _, value in (each.partition(":") for each in rest)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Call(line, headers, body, name)
