"""A PgQueuer job for each subtask: a counter in a row tells who may be queued next."""

import asyncio
import json
import sys
import time
from datetime import timedelta

import asyncpg
from pgqueuer import AsyncpgPoolDriver, Job, PgQueuer, Queries

AT_ONCE = 100

SCHEMA = """
DROP TABLE IF EXISTS rival;
CREATE TABLE rival (task int PRIMARY KEY, missing int NOT NULL);
"""


async def main(dsn: str, tasks: int, width: int) -> None:
    async with asyncpg.create_pool(dsn, min_size=10, max_size=10) as pool:
        queries = Queries(AsyncpgPoolDriver(pool))
        if not await queries.schema_is_installed():
            await queries.install()
        await pool.execute(SCHEMA)
        await pool.executemany(
            "INSERT INTO rival VALUES ($1, $2)", [(number, width) for number in range(tasks)]
        )
        queue, left = PgQueuer(AsyncpgPoolDriver(pool)), tasks

        @queue.entrypoint("first", accepts_context=False)
        async def first(job: Job) -> None:
            await queries.enqueue(["middle"] * width, [job.payload] * width, [0] * width)

        @queue.entrypoint("middle", accepts_context=False)
        async def middle(job: Job) -> None:
            task = int((job.payload or b"0").decode())
            if (
                await pool.fetchval(
                    "UPDATE rival SET missing = missing - 1 WHERE task = $1 RETURNING missing", task
                )
                == 0
            ):
                await queries.enqueue("last", job.payload)

        @queue.entrypoint("last", accepts_context=False)
        async def last(_job: Job) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                queue.shutdown.set()

        await queries.enqueue(
            ["first"] * tasks, [str(number).encode() for number in range(tasks)], [0] * tasks
        )
        began = time.perf_counter()
        await queue.qm.run(
            dequeue_timeout=timedelta(seconds=1),
            batch_size=50,
            max_concurrent_tasks=AT_ONCE,
            log_aggregation_interval=timedelta(0),
        )
        print(json.dumps({"subtasks_per_s": tasks * (width + 2) / (time.perf_counter() - began)}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
