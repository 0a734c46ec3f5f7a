"""The embedded stack: starts what the settings do not give, and ends it with the block."""

import atexit
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event, RLock
from typing import Literal, NamedTuple

from pydantic import SecretStr

from agent.config import Settings
from agent.embedded import postgres, redis
from agent.embedded.account import Account, account_for
from agent.embedded.ending import cancelled_by_signals, finished
from agent.embedded.folder import DataFolder

Origin = Literal["given", "started", "adopted", "shared"]
"""From the settings; started for this block; left by a killed process and taken over; another process's."""


class Stack(NamedTuple):
    """Where the database and Redis are, and whose they are."""

    database_url: str
    redis_url: str
    database: Origin
    redis: Origin


@asynccontextmanager
async def embedded(settings: Settings) -> AsyncIterator[Stack]:
    """Run PostgreSQL and Redis for the block, each only where the settings name none.

    Whatever ends the block, ctrl-C at any moment included, leaves no process; after a `kill -9` the next
    block on the same data folder adopts the servers. SIGINT, SIGTERM and SIGHUP cancel the block. Raises
    FolderInUseError where another process has the data folder, UnreachableError where a server does not
    start, ConfigurationError where the folder cannot be used.
    """
    servers = Servers(settings)
    give_up = servers.abandoned.set
    thread = ThreadPoolExecutor(1, "embedded")
    # For ends in which no event loop runs any more.
    atexit.register(servers.stop)
    with cancelled_by_signals():
        try:
            yield await finished(thread, servers.start, give_up)
        finally:
            await finished(thread, servers.stop, give_up)
            thread.shutdown(wait=False)
            atexit.unregister(servers.stop)


def shared(settings: Settings) -> Stack | None:
    """The stack that another process runs on this data folder now; null where none does.

    For a second process on the same machine that brings no servers of its own.
    """
    folder = DataFolder(settings.orchestrator_data)
    if not folder.is_held or not folder.cluster.exists():
        return None
    sockets = folder.sockets(folder.cluster.stat().st_uid)
    if sockets is None or not (postgres.is_up(sockets) and redis.is_up(sockets)):
        return None
    return Stack(postgres.url(sockets), redis.url(sockets), "shared", "shared")


class Servers:
    """The blocking half: `start` and `stop` run one after the other in one thread."""

    def __init__(self, settings: Settings) -> None:
        self.abandoned = Event()
        self._given_database = _text(settings.database_url)
        self._given_redis = _text(settings.redis_url)
        self._place = settings.orchestrator_data
        self._folder: DataFolder | None = None
        self._account: Account | None = None
        self._running: list[postgres.Postgres | redis.Redis] = []
        self._turn = RLock()

    def start(self) -> Stack:
        with self._turn:
            if self._given_database and self._given_redis:
                return Stack(self._given_database, self._given_redis, "given", "given")
            folder = DataFolder(self._place)
            folder.hold()
            self._folder = folder
            account = self._account = account_for(folder.cluster)
            sockets = folder.make_sockets(account)
            cache = self._start_redis(folder, account, sockets)
            database = self._start_postgres(folder, account, sockets)
            return Stack(database[0], cache[0], database[1], cache[1])

    def stop(self) -> None:
        """Harmless to repeat."""
        with self._turn:
            for server in reversed(self._running):
                server.stop()
            self._running.clear()
            if self._folder is not None:
                if self._account is not None:
                    self._folder.remove_sockets(self._account)
                self._folder.let_go()
            self._folder = None

    def _start_postgres(self, folder: DataFolder, account: Account, sockets: Path) -> tuple[str, Origin]:
        if self._given_database:
            return self._given_database, "given"
        server = postgres.Postgres(folder, account, sockets, self.abandoned)
        self._running.append(server)
        return server.url, "adopted" if server.start() else "started"

    def _start_redis(self, folder: DataFolder, account: Account, sockets: Path) -> tuple[str, Origin]:
        if self._given_redis:
            return self._given_redis, "given"
        server = redis.Redis(folder, account, sockets, self.abandoned)
        self._running.append(server)
        return server.url, "adopted" if server.start() else "started"


def _text(url: SecretStr | None) -> str | None:
    return url.get_secret_value() if url else None
