"""What the log costs as it grows: appending, reading a task's history and letting go, in one table and in partitions.

    python -m bench.growth [ROWS]          prints JSON; a million rows a partition

Appends are commits of 100 events, one after the other, as the recorder's are; rows and indexes are those of `event`.
"""

import json
import statistics
import sys
import time
from typing import Any

import asyncpg

from agent.cli.bench.scratch import scratch
from agent.cli.loop import run

PART = 1_000_000
BATCH, BATCHES, ROUNDS, READS = 100, 40, 5, 200
EVENTS_OF_TASK = 22

ROWS = f"""
SELECT n, clock_timestamp(), 'worker:w1', 'subtask_completed', 'task-' || n / {EVENTS_OF_TASK},
       'agent::task-' || n / {EVENTS_OF_TASK} || '::' || n % 10,
       jsonb_build_object('attempt', 1, 'agent', 'bench-1', 'epoch', 1, 'digest', repeat('0', 64))
FROM generate_series($1::bigint, $2::bigint) AS n
"""
COLUMNS = '(seq bigint NOT NULL, at timestamptz NOT NULL, actor text NOT NULL, kind text NOT NULL, task_id text COLLATE "C", subtask_id text COLLATE "C", data jsonb NOT NULL)'
OF_TASK = "SELECT * FROM {} WHERE task_id = $1 AND seq > 0 ORDER BY seq LIMIT 500"


async def made(connection: Any, name: str, rows: int, *, parts: bool) -> None:
    await connection.execute(f"CREATE TABLE {name} {COLUMNS}{' PARTITION BY RANGE (seq)' if parts else ''}")
    for number in range(-(-(rows + PART) // PART) if parts else 0):
        await connection.execute(
            f"CREATE TABLE {name}_{number} PARTITION OF {name} FOR VALUES FROM ({number * PART}) TO ({(number + 1) * PART})"
        )
    for first in range(0, rows, PART):
        await connection.execute(f"INSERT INTO {name} {ROWS}", first, first + PART - 1, timeout=None)
    await connection.execute(f"ALTER TABLE {name} ADD PRIMARY KEY (seq)", timeout=None)
    await connection.execute(f"CREATE INDEX ON {name} (task_id, seq)", timeout=None)
    await connection.execute(f"ANALYZE {name}", timeout=None)


async def appended(connection: Any, name: str, at: int) -> float:
    """Events a second, from this number on."""
    insert = await connection.prepare(f"INSERT INTO {name} {ROWS}")
    began = time.perf_counter()
    for number in range(BATCHES):
        await insert.fetch(at + number * BATCH, at + (number + 1) * BATCH - 1)
    return BATCH * BATCHES / (time.perf_counter() - began)


async def read_ms(connection: Any, name: str, rows: int) -> float:
    statement, found = await connection.prepare(OF_TASK.format(name)), []
    for number in range(READS):
        task = f"task-{number * 7919 * 97 % max(1, rows // EVENTS_OF_TASK)}"
        began = time.perf_counter()
        await statement.fetch(task)
        found.append(time.perf_counter() - began)
    return statistics.median(found) * 1_000


async def growth(rows: int) -> dict[str, object]:
    sizes = {
        "nothing": (0, False),
        "a_million": (PART, False),
        "ten": (rows, False),
        "ten_in_partitions": (rows, True),
    }
    async with scratch() as place:
        connection = await asyncpg.connect(place.floor)
        for name, (count, parts) in sizes.items():
            await made(connection, name, count, parts=parts)
        await connection.execute("CHECKPOINT")
        per_s: dict[str, list[float]] = {name: [] for name in sizes}
        for number in range(ROUNDS):
            for name, (count, _) in sizes.items():
                per_s[name].append(await appended(connection, name, count + number * BATCH * BATCHES))
        reads = {name: round(await read_ms(connection, name, count), 2) for name, (count, _) in sizes.items()}
        began = time.perf_counter()
        await connection.execute("DELETE FROM ten WHERE seq < $1", PART, timeout=None)
        await connection.execute("VACUUM ten", timeout=None)
        deleted = time.perf_counter() - began
        began = time.perf_counter()
        await connection.execute("DROP TABLE ten_in_partitions_0")
        dropped = time.perf_counter() - began
        bytes_ = await connection.fetchval("SELECT pg_total_relation_size('ten')")
        await connection.close()
    return {
        "rows": rows,
        "events_appended_per_s": {name: round(statistics.median(found)) for name, found in per_s.items()},
        "appended_against_nothing_stored": {
            name: round(statistics.median(a / b for a, b in zip(found, per_s["nothing"], strict=True)), 2)
            for name, found in per_s.items()
        },
        "a_tasks_history_ms": reads,
        "a_million_let_go_s": {
            "rows_deleted_and_vacuumed": round(deleted, 1),
            "a_partition_dropped": round(dropped, 3),
        },
        "bytes_per_event": round(bytes_ / rows),
    }


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 10 * PART
    print(json.dumps(run(growth(asked)), indent=2))
