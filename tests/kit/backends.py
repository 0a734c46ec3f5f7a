"""Starts the toolbox and says where it is; ends it, and waits until it has ended."""

import asyncio
import itertools
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from agent.gateway import client, connection
from domain.agent import Manifest
from domain.tool import Gateway, Server, Tool

TOOLBOX = Path(__file__).with_name("toolbox.py")
TOOLS = ("echo", "whose", "hang", "fail", "disguise", "die", "serve", "attach", "large")
TIME_LIMIT_S = 120.0

# A busy machine is not a server that does not answer.
client.PROBE_S = connection.OPENING_S = TIME_LIMIT_S

_PORTS = itertools.count(os.getpid() * 37)
"""Where this process begins to look, so that those who test beside it look elsewhere."""


def free_port() -> int:
    """A port to be listened on later: from where no system hands out ports by itself meanwhile."""
    for number in _PORTS:
        port = 10_240 + number % 20_000
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("there is always another number")


async def until(condition: Callable[[], bool]) -> None:
    """Waits for it; fails the test after a time limit instead of hanging."""
    async with asyncio.timeout(TIME_LIMIT_S):
        while not condition():
            await asyncio.sleep(0.01)


def children() -> set[int]:
    return {
        child.pid
        for child in psutil.Process().children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE
    }


def toolbox_over_stdio(journal: Path, *extra: str) -> Server:
    return Server(
        transport="stdio",
        command=sys.executable,
        args=(os.fspath(TOOLBOX), "--journal", os.fspath(journal), *extra),
        tools={name: Tool() for name in TOOLS},
    )


def manifest_of(**servers: Server) -> Manifest:
    return Manifest(schema_version="1.0", servers=servers, agents=())


def behind_gateway(port: int, *, naming: str = "{server}_{tool}") -> Manifest:
    """The toolbox as a server behind a gateway on this port."""
    gateway = Gateway(url=f"http://127.0.0.1:{port}", tool_naming=naming)
    server = Server(transport="gateway", tools={name: Tool() for name in TOOLS})
    return Manifest(schema_version="1.0", gateway=gateway, servers={"toolbox": server}, agents=())


@asynccontextmanager
async def toolbox_over_http(
    journal: Path, port: int, naming: str = "{server}_{tool}"
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, TOOLBOX, "--journal", journal, "--http", str(port), "--naming", naming
    )
    try:
        async with asyncio.timeout(TIME_LIMIT_S):
            while not await _listens(port):
                assert process.returncode is None, "the toolbox ended before it listened"
                await asyncio.sleep(0.02)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
