"""How soon an event that was committed is with those who listen, how much memory they take, and that none is lost."""

import asyncio
import gc
import resource
import socket
import time
from dataclasses import dataclass, field
from typing import Final

import psutil

from agent.cli.bench import figures
from agent.cli.bench.scratch import Scratch
from agent.cli.bench.serving import Served, serving
from agent.cli.bench.work import Idle, agent_name
from agent.store.changes import AgentFound
from agent.store.database import Database
from domain.agent import AgentState, Health
from domain.base import JsonObject
from domain.facts.agent import AgentHealthChanged

FEW: Final = 100
MANY: Final = 1_000
EVERY_S: Final = 0.05
MARK: Final = b"event: agent_health_changed"
BURST: Final = 500
SLOW_MARK: Final = 30_000
"""Events that are more than a queue and both sockets' buffers hold for one who does not read."""


@dataclass
class Listeners:
    """Clients on plain sockets, so that it is not a client library that is measured."""

    port: int
    timed: bool = True
    """Whether it is kept when each heard what; over minutes that would be the memory that is measured."""
    count: int = 0
    told_at: list[float] = field(default_factory=list)
    heard: list[tuple[int, float]] = field(default_factory=list)
    """Which of the events, and when: with one client or another as often as there are clients."""
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    @property
    def seconds(self) -> list[float]:
        """From each commit to each client. One that heard before the committer's own turn came heard at once."""
        return [max(0.0, at - self.told_at[number]) for number, at in self.heard]

    async def join(self, count: int) -> None:
        opened = [await asyncio.open_connection("127.0.0.1", self.port) for _ in range(count)]
        for reader, writer in opened:
            writer.write(b"GET /events HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n")
            await reader.readuntil(b": heartbeat")
            self._tasks.append(asyncio.create_task(self._listen(reader, writer)))

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        count, rest = 0, b""
        try:
            while chunk := await reader.read(65_536):
                at, text = time.perf_counter(), rest + chunk
                marks = text.count(MARK)
                self.count += marks
                if self.timed:
                    self.heard += [(number, at) for number in range(count, count + marks)]
                count += marks
                # A mark may be cut in two by the end of a chunk.
                rest = text[1 - len(MARK) :]
        finally:
            writer.close()

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def measure(place: Scratch, events: int, seconds: float) -> JsonObject:
    """So many events to few clients; then many clients for so many seconds; then one that does not read."""
    _allow_many_sockets()
    async with serving(place, Idle(), worker=False) as served:
        few = await _few(served, events)
        memory = await _many(served, seconds)
        found = await slow(served)
    return {
        "work": f"{FEW} clients of all events, {events} events; clients and service in one process",
        "committed_to_client_ms": few,
        "memory_mib": memory,
        "slow_reader": found,
        "violations": []
        if found["lost"] == 0 and found["cut_off"]
        else ["a slow reader lost events, or was kept"],
    }


async def _few(served: Served, events: int) -> JsonObject:
    listeners = Listeners(served.port)
    await listeners.join(FEW)
    await _tell(served.database, listeners, events)
    await _until_heard(listeners, FEW * events)
    await listeners.leave()
    return figures.milliseconds(listeners.seconds)


async def _many(served: Served, seconds: float) -> JsonObject:
    listeners, process = Listeners(served.port, timed=False), psutil.Process()
    await listeners.join(MANY)
    await _tell(served.database, listeners, 20)
    await _until_heard(listeners, MANY * 20)
    gc.collect()
    before, began, count = process.memory_info().rss, time.monotonic(), 20
    middle: int | None = None
    while (passed := time.monotonic() - began) < seconds:
        if middle is None and passed > seconds / 2:
            gc.collect()
            middle = process.memory_info().rss
        await _tell(served.database, listeners, 1)
        count += 1
        await asyncio.sleep(1.0)
    await _until_heard(listeners, MANY * count)
    gc.collect()
    after = process.memory_info().rss
    await listeners.leave()
    return {
        "clients": MANY,
        "seconds": seconds,
        "at_first": figures.rounded(before / 2**20),
        "in_the_middle": None if middle is None else figures.rounded(middle / 2**20),
        "events": count,
        "at_last": figures.rounded(after / 2**20),
    }


async def _tell(database: Database, listeners: Listeners, count: int) -> None:
    for number in range(count):
        await _change(database, number, 1)
        listeners.told_at.append(time.perf_counter())
        await asyncio.sleep(EVERY_S)


async def _change(database: Database, number: int, facts: int) -> None:
    health: Health = "healthy" if number % 2 else "unhealthy"
    state = AgentState(agent=agent_name(0), health=health, reason="the measurement says so")
    changed = AgentHealthChanged(agent=state.agent, health=health, reason=state.reason)
    async with database.transaction("bench") as tx:
        await tx.record(AgentFound(state), *[changed] * facts)


async def _until_heard(listeners: Listeners, count: int) -> None:
    async with asyncio.timeout(120):
        while listeners.count < count:  # noqa: ASYNC110  heard by many, announced by none
            await asyncio.sleep(EVERY_S)


async def slow(served: Served) -> JsonObject:
    """One who stops reading is cut off; coming back with the last number, it misses nothing."""
    before = await served.services.events.head()
    reader, writer = await _connect(served.port, before, small=True)
    for number in range(SLOW_MARK // BURST):
        await _change(served.database, number, BURST)
    await asyncio.sleep(1.0)
    seen = await _ids(reader, until=None)
    cut_off = len(seen) < SLOW_MARK
    writer.close()
    reader, writer = await _connect(served.port, seen[-1] if seen else before, small=False)
    seen += await _ids(reader, until=await served.services.events.head())
    writer.close()
    told = [event.seq for event in await _all_after(served, before)]
    return {
        "events": len(told),
        "cut_off": cut_off,
        "lost": len(set(told) - set(seen)),
        "twice": len(seen) - len(set(seen)),
    }


async def _all_after(served: Served, place: int) -> list["_Seen"]:
    found: list[_Seen] = []
    while page := await served.services.events.after(found[-1].seq if found else place, limit=5_000):
        found.extend(_Seen(event.seq) for event in page)
    return found


@dataclass(frozen=True)
class _Seen:
    seq: int


async def _connect(
    port: int, after: int, *, small: bool
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    sock = socket.socket()
    sock.setblocking(False)
    if small:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=sock, limit=2_048 if small else 65_536)
    writer.write(f"GET /events HTTP/1.1\r\nHost: bench\r\nLast-Event-ID: {after}\r\n\r\n".encode())
    await reader.readuntil(b": heartbeat")
    return reader, writer


async def _ids(reader: asyncio.StreamReader, until: int | None) -> list[int]:
    """The numbers of the events that come, until the stream ends or this one has come."""
    found: list[int] = []
    text = b""
    while chunk := await asyncio.wait_for(reader.read(65_536), 30):
        *lines, text = (text + chunk).split(b"\n")
        found += [int(line[4:]) for line in lines if line.startswith(b"id: ")]
        if until is not None and found and found[-1] >= until:
            break
    return found


def _allow_many_sockets() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
