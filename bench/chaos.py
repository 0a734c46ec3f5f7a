"""The long form of the chaos test: workers are killed and frozen at random over thousands of subtasks.

    python -m bench.chaos [SUBTASKS] [WORKERS] [SEED]

Prints one JSON object; ends with 1 where the log has a mistake in it. Postgres is embedded unless DATABASE_URL names
a database that may be used up.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from agent.config import load
from agent.embedded.stack import Servers
from agent.store.migrate import migrate
from tests.kit.chaos import Chaos, scene, verdict

EACH = 25


async def run(dsn: str, subtasks: int, workers: int, seed: int) -> dict[str, Any]:
    await migrate(dsn)
    async with scene(dsn) as (house, zygote):
        chaos = Chaos(house, zygote, seed, workers)
        began = time.monotonic()
        await chaos.run(subtasks, each=EACH, pause_s=(0.5, 2.5))
        took = time.monotonic() - began
        checker, wrong = await verdict(house)
        attempts = await house.database.pool.fetchval("SELECT count(*) FROM attempt")
    return {
        "seed": seed,
        "workers": workers,
        "subtasks": sum(len(task.nodes) for task in checker.tasks.values()),
        "attempts": attempts,
        "seconds": round(took, 1),
        "kills": chaos.kills,
        "freezes": chaos.freezes,
        "takeover_s": {
            "median": round(statistics.median(chaos.takeovers), 2) if chaos.takeovers else None,
            "max": round(max(chaos.takeovers), 2) if chaos.takeovers else None,
        },
        "most_at_once": dict(checker.most),
        "violations": wrong,
    }


def main(subtasks: int = 10_000, workers: int = 3, seed: int = 1) -> int:
    given = os.environ.get("DATABASE_URL")
    with tempfile.TemporaryDirectory(prefix="orchestrator-chaos-") as folder:
        Path(folder).chmod(0o711)
        servers = (
            None if given else Servers(load(orchestrator_data=folder, database_url=None, redis_url=None))
        )
        try:
            dsn = given or servers.start().database_url  # type: ignore[union-attr]
            found = asyncio.run(run(dsn, subtasks, workers, seed))
        finally:
            if servers is not None:
                servers.stop()
    print(json.dumps(found, indent=1))
    return 1 if found["violations"] else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
