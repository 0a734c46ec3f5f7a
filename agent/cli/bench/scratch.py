"""A database and a service of their own to measure with; both are gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from agent.cli.bench.work import manifest
from agent.config import Settings, load
from agent.embedded.stack import Stack, embedded
from agent.store.migrate import migrate
from agent.store.pool import connect
from agent.telemetry.logs import recording


class Scratch(NamedTuple):
    """`floor`: a second database in the same Postgres, where rows are written that nobody reads."""

    settings: Settings
    stack: Stack
    floor: str


@asynccontextmanager
async def scratch() -> AsyncIterator[Scratch]:
    """New, migrated databases in the Postgres of DATABASE_URL, or in an embedded one. Facts are logged as ever."""
    with _folder() as folder:
        agents = folder / "agents.json"
        agents.write_text(manifest(), encoding="utf-8")
        settings = load(orchestrator_data=folder, orchestrator_manifest=agents, log_dir=folder / "logs")
        with recording(settings.log_dir, level=settings.log_level, secrets=settings.secrets):
            async with embedded(settings) as stack, _database(stack) as url, _database(stack) as floor:
                yield Scratch(settings, stack._replace(database_url=url), floor)


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="orchestrator-bench-"))
    if os.geteuid() == 0:
        # Root's PostgreSQL runs as somebody else, who has to pass through.
        folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _database(stack: Stack) -> AsyncIterator[str]:
    name = f"bench_{uuid4().hex[:12]}"
    connection = await connect(stack.database_url, name="orchestrator bench")
    await connection.execute(f"CREATE DATABASE {name}")
    try:
        url = urlunsplit(urlsplit(stack.database_url)._replace(path=f"/{name}"))
        await migrate(url)
        yield url
    finally:
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await connection.close()
