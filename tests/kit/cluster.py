"""A database cluster that was made and migrated once, for services whose first start is not what a test looks at."""

import asyncio
import atexit
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import asyncpg

from agent.config import load
from agent.embedded.stack import Servers
from agent.store.migrate import migrate


def seed(data: Path) -> None:
    """Put it into a data folder that has none, with its owners."""
    if not (data / "postgres").exists():
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
        subprocess.run(["cp", "-Rp", _made(), data / "postgres"], check=True)


@cache
def _made() -> Path:
    """Without fsync: what is killed here is a process, and never the machine."""
    folder = Path(tempfile.mkdtemp(prefix="orchestrator-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o711)
    servers = Servers(load(orchestrator_data=folder, database_url=None, redis_url="redis://not/used"))
    try:
        asyncio.run(_prepare(servers.start().database_url))
    finally:
        servers.stop()
    return folder / "postgres"


async def _prepare(url: str) -> None:
    await migrate(url)
    connection = await asyncpg.connect(url)
    await connection.execute("ALTER SYSTEM SET fsync = off")
    await connection.close()
