"""What Postgres computes, where it runs on this machine."""

import psutil

from agent.store.database import Database
from agent.store.queries import queries

_SQL = queries("bench")


async def backends(database: Database) -> list[psutil.Process]:
    """Postgres' own processes, where they are on this machine."""
    found = []
    for row in await database.pool.fetch(_SQL["backends"]):
        try:
            process = psutil.Process(row["pid"])
        except psutil.NoSuchProcess:
            continue
        if "postgres" in process.name():
            found.append(process)
    return found


def cpu_s(processes: list[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total
