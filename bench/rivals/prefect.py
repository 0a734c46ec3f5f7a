"""Prefect on the same Postgres, its server started for the occasion: a flow a task, a task run a subtask.

Its tables are made without the indexes for searching names by their parts, which need an extension (pg_trgm) that not
every Postgres has; nothing that is measured reads them, and nobody has to write them.
"""

import asyncio
import json
import os
import sys
import time

_, _DSN, _TASKS, _WIDTH = sys.argv
# Prefect reads its settings when it is imported.
os.environ.update(
    {
        "PREFECT_API_DATABASE_CONNECTION_URL": _DSN.replace("postgresql://", "postgresql+asyncpg://"),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
)

import anyio
from alembic.operations import Operations
from prefect import flow, task
from prefect.server.database.alembic_commands import alembic_upgrade

AT_ONCE = 20


@task
async def work(name: str) -> str:
    return name


@flow
async def whole(width: int) -> int:
    await work("first")
    middle = await asyncio.gather(*(work(f"m{number}") for number in range(width)))
    await work("last")
    return len(middle) + 2


async def migrate() -> None:
    execute = Operations.execute

    def without_trigrams(self: Operations, sql: object, **more: object) -> None:
        if "trgm" not in str(sql):
            execute(self, sql, **more)

    Operations.execute = without_trigrams
    await anyio.to_thread.run_sync(alembic_upgrade)


async def main(tasks: int, width: int) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def run(_number: int) -> None:
        async with gate:
            assert await whole(width) == width + 2

    await run(-1)
    began = time.perf_counter()
    await asyncio.gather(*map(run, range(tasks)))
    print(json.dumps({"subtasks_per_s": tasks * (width + 2) / (time.perf_counter() - began)}), flush=True)


if __name__ == "__main__":
    asyncio.run(migrate())
    asyncio.run(main(int(_TASKS), int(_WIDTH)))
