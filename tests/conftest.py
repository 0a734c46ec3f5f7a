"""What tests share: a real Postgres with a database of its own for each test, and no way out to the network."""

import asyncio
import ipaddress
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from blockbuster import blockbuster_ctx
from hypothesis import HealthCheck, settings

from agent.config import Settings, load
from agent.embedded.stack import Servers, Stack
from tests.kit.cluster import seed
from tests.kit.databases import Databases
from tests.kit.looptime import to_blame, watched


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

# What tests start begins as it does for users, with its bytecode at hand; and nothing that whoever runs them has set
# reaches it: settings of ours, a proxy, a terminal, a repository that a hook is at work in.
_THEIRS = {name.upper() for name in Settings.model_fields} | {
    *(
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONPATH",
        "PYTHONHASHSEED",
        "PYTHONWARNINGS",
        "COLUMNS",
        "LINES",
        "TERM",
    ),
    *(
        "NO_COLOR",
        "FORCE_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "TTY_COMPATIBLE",
        "TTY_INTERACTIVE",
        "SSL_CERT_FILE",
    ),
    *("ORCHESTRATOR_URL", "ORCHESTRATOR_API_KEY", "TRACEPARENT"),
}
for _name in list(os.environ):
    if _name in _THEIRS or _name.lower().endswith("_proxy") or _name.startswith(("GIT_", "PG", "OTEL_")):
        del os.environ[_name]
os.umask(0o022)

# The same examples in every run, so that nothing lands or is refused by chance; `task explore` looks for new ones.
settings.register_profile(
    "landing",
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("exploring", deadline=None, max_examples=2_000, print_blob=True)
settings.load_profile(os.environ.get("EXAMPLES", "landing"))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's `&` ignores it, and what tests start would inherit that: no ctrl-C would ever reach them.
    signal.signal(signal.SIGINT, signal.default_int_handler)

if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    # So does `nohup`; with a handler instead, this process goes on as well, and what it starts hears it.
    signal.signal(signal.SIGHUP, lambda _signum, _frame: None)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Postgres and Redis, started once."""
    with tempfile.TemporaryDirectory(prefix="orchestrator-tests-") as folder:
        Path(folder).chmod(0o711)
        seed(Path(folder))
        servers = Servers(load(orchestrator_data=folder, database_url=None, redis_url=None))
        try:
            yield servers.start()
        finally:
            servers.stop()


@pytest.fixture(scope="session")
def databases(stack: Stack) -> Databases:
    made = Databases(stack.database_url)
    asyncio.run(made.prepare())
    return made


@pytest.fixture
async def dsn(databases: Databases) -> AsyncIterator[str]:
    """A migrated database that nobody else sees."""
    async with databases.lent() as url:
        yield url


AT_START = {
    # asyncpg looks for its password and certificate files once per connection.
    "asyncpg/connect_utils.py": {"_parse_connect_dsn_and_args", "_connect_addr"},
    # redis looks up its own version once per connection.
    "redis/utils.py": {"get_lib_version"},
    "agent/store/migrate.py": {"migrations"},
    "agent/api/app.py": {"create_app"},
    "agent/bootstrap/plans.py": {"plans"},
    "agent/bootstrap/equipment.py": {"equipped"},
    "agent/bootstrap/house.py": {"__init__"},
}
"""What may touch the disk: things done once, before anybody waits."""

HOUSE = ["agent", "approvals", "domain", "notifiers", "planner", "routing"]


@pytest.fixture
def free_loop() -> Iterator[None]:
    """Fails a test in which our own code blocks the event loop: in a call that waits, or for 50 ms of CPU again and again."""
    with blockbuster_ctx(HOUSE) as guard, watched() as slow:
        for call in guard.functions.values():
            for file, functions in AT_START.items():
                call.can_block_in(file, functions)
        yield
    assert to_blame(slow) == []


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: half of the tests wait for processes that they have started."""
    return min((os.cpu_count() or 1) + 1, 16)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "dsn" in getattr(item, "fixturenames", ()):
            item.fixturenames.append("free_loop")  # type: ignore[attr-defined]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
