"""What tests share: a real Postgres with a database of its own for each test, and no way out to the network."""

import asyncio
import ipaddress
import itertools
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from blockbuster import blockbuster_ctx

from agent.config import load
from agent.embedded.stack import Servers, Stack
from agent.store.migrate import migrate
from tests.kit.looptime import watched

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

# What tests start begins as it does for users: with its bytecode at hand.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's `&` ignores it, and what tests start would inherit that: no ctrl-C would ever reach them.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Postgres and Redis, started once."""
    with tempfile.TemporaryDirectory(prefix="orchestrator-tests-") as folder:
        Path(folder).chmod(0o711)
        servers = Servers(load(orchestrator_data=folder, database_url=None, redis_url=None))
        try:
            yield servers.start()
        finally:
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


AT_START = {
    # asyncpg looks for its password and certificate files once per connection.
    "asyncpg/connect_utils.py": {"_parse_connect_dsn_and_args", "_connect_addr"},
    # redis looks up its own version once per connection.
    "redis/utils.py": {"get_lib_version"},
    "agent/store/migrate.py": {"migrations"},
    "agent/api/app.py": {"create_app"},
    "agent/bootstrap/plans.py": {"plans"},
    "agent/bootstrap/house.py": {"built", "_specialists"},
}
"""What may touch the disk: things done once, before anybody waits."""

HOUSE = ["agent", "approvals", "domain", "notifiers", "planner", "routing"]


@pytest.fixture
def free_loop() -> Iterator[None]:
    """Fails a test in which our own code blocks the event loop: in a call that waits, or for 50 ms of CPU."""
    with blockbuster_ctx(HOUSE) as guard, watched() as slow:
        for call in guard.functions.values():
            for file, functions in AT_START.items():
                call.can_block_in(file, functions)
        yield
    assert slow == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "dsn" in getattr(item, "fixturenames", ()):
            item.fixturenames.append("free_loop")  # type: ignore[attr-defined]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
