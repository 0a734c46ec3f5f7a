"""What tests share: a real Postgres with a database of its own for each test, and no way out to the network."""

import asyncio
import ipaddress
import itertools
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from agent.config import load
from agent.embedded.stack import Stack, embedded
from agent.store.migrate import migrate

_numbers = itertools.count(1)


def _stay_home(event: str, args: tuple[Any, ...]) -> None:
    """No test reaches beyond this machine, by accident or otherwise."""
    if event != "socket.connect":
        return
    address = args[1]
    if not isinstance(address, tuple):
        return
    host = str(address[0]).split("%", maxsplit=1)[0]
    try:
        home = ipaddress.ip_address(host).is_loopback
    except ValueError:
        home = host == "localhost"
    if not home:
        raise PermissionError(f"a test tried to reach {address}; tests stay on this machine")


sys.addaudithook(_stay_home)


class _Servers(threading.Thread):
    """The embedded stack on a loop of its own, for as long as the tests run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="servers", daemon=True)
        self.up = threading.Event()
        self.stack: Stack | None = None
        self._settings = load(orchestrator_data=folder, database_url=None, redis_url=None)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over = asyncio.Event()

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            async with embedded(self._settings) as self.stack:
                self.up.set()
                await self._over.wait()
        finally:
            self.up.set()

    def stop(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._over.set)
        self.join(60)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Postgres and Redis, started once."""
    with tempfile.TemporaryDirectory(prefix="orchestrator-tests-") as folder:
        Path(folder).chmod(0o711)
        servers = _Servers(Path(folder))
        servers.start()
        servers.up.wait(120)
        assert servers.stack is not None, "the embedded stack did not start"
        yield servers.stack
        servers.stop()


@pytest.fixture(scope="session")
def template(stack: Stack) -> str:
    """The name of a migrated database that each test's own is cloned from."""

    async def make() -> None:
        await _execute(stack.database_url, "CREATE DATABASE template_for_tests")
        await migrate(_named(stack.database_url, "template_for_tests"))

    asyncio.run(make())
    return "template_for_tests"


@pytest.fixture
async def dsn(stack: Stack, template: str) -> AsyncIterator[str]:
    """A migrated database that nobody else sees."""
    name = f"test_{next(_numbers)}"
    await _execute(stack.database_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _named(stack.database_url, name)
    await _execute(stack.database_url, f"DROP DATABASE {name} WITH (FORCE)")


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def _named(url: str, database: str) -> str:
    base, _, query = url.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{database}?{query}"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
