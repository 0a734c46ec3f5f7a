"""DBOS: a workflow a task, a step a subtask."""

import asyncio
import json
import sys
import time

from dbos import DBOS

AT_ONCE = 100


@DBOS.step()
async def work(name: str) -> str:
    return name


@DBOS.workflow()
async def task(width: int) -> int:
    await work("first")
    middle = await asyncio.gather(*(work(f"m{number}") for number in range(width)))
    await work("last")
    return len(middle) + 2


async def main(dsn: str, tasks: int, width: int) -> None:
    DBOS(
        config={
            "name": "rival",
            "system_database_url": dsn,
            "run_admin_server": False,
            "log_level": "ERROR",
            "sys_db_pool_size": 20,
        }
    )
    DBOS.launch()
    gate = asyncio.Semaphore(AT_ONCE)

    async def run(_number: int) -> None:
        async with gate:
            handle = await DBOS.start_workflow_async(task, width)
            assert await handle.get_result() == width + 2

    await run(-1)
    began = time.perf_counter()
    await asyncio.gather(*map(run, range(tasks)))
    print(json.dumps({"subtasks_per_s": tasks * (width + 2) / (time.perf_counter() - began)}), flush=True)
    DBOS.destroy()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
