"""The same work side by side: here and in other engines, on one Postgres, in one run.

    pip install -e '.[bench]' && python -m bench.compare [--tasks 200] [--rounds 3] [--python prefect=PATH]

Prints JSON: medians of subtasks a second, and how many times each other engine's we run. They take turns, so that
whatever else the machine does falls on all of them. A rival that does not get on with what is installed here runs by an
interpreter that has it: `--python NAME=PATH` for one, BENCH_PYTHON for all others. `task bench:prefect` makes Prefect's.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from agent.cli.bench import engine
from agent.cli.bench.scratch import Scratch, scratch
from agent.cli.loop import run

RIVALS = ("pgqueuer", "langgraph", "dbos")
WIDTH = 8
PATIENCE_S = 600
PYTHON = os.environ.get("BENCH_PYTHON", sys.executable)


async def rival(name: str, place: Scratch, tasks: int, python: str) -> float:
    """Its subtasks a second, in a process and a database of its own."""
    connection = await asyncpg.connect(place.stack.database_url)
    database = f"rival_{name}_{os.urandom(4).hex()}"
    await connection.execute(f"CREATE DATABASE {database}")
    try:
        dsn = urlunsplit(urlsplit(place.stack.database_url)._replace(path=f"/{database}"))
        done = await asyncio.to_thread(
            subprocess.run,
            [python, "-m", f"bench.rivals.{name}", dsn, str(tasks), str(WIDTH)],
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    finally:
        await connection.execute(f"DROP DATABASE {database} WITH (FORCE)")
        await connection.close()
    if done.returncode != 0:
        raise RuntimeError(f"{name} failed:\n{done.stderr[-2000:]}")
    return float(json.loads(done.stdout.strip().splitlines()[-1])["subtasks_per_s"])


async def compare(
    tasks: int, rounds: int, rivals: tuple[str, ...], pythons: Mapping[str, str]
) -> dict[str, object]:
    ours: list[float] = []
    theirs: dict[str, list[float]] = {name: [] for name in rivals}
    async with scratch() as place:
        for _ in range(rounds):
            found = await engine.measure(place, engine.Size(tasks=tasks, width=WIDTH, rounds=1))
            assert found["violations"] == []
            ours.append(found["engine"]["subtasks_per_s"])  # type: ignore[index, call-overload, arg-type]
            for name in rivals:
                theirs[name].append(await rival(name, place, tasks, pythons.get(name, PYTHON)))
    ratios = {
        name: [mine / other for mine, other in zip(ours, found, strict=True)]
        for name, found in theirs.items()
    }
    return {
        "work": f"{tasks} tasks of 1 → {WIDTH} → 1",
        "rounds": rounds,
        "subtasks_per_s": {
            "orchestrator": round(statistics.median(ours)),
            **{name: round(statistics.median(found)) for name, found in theirs.items()},
        },
        "times_as_fast_as": {name: round(statistics.median(found), 1) for name, found in ratios.items()},
    }


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m bench.compare")
    asked.add_argument("--tasks", type=int, default=200)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--rivals", default=",".join(RIVALS))
    asked.add_argument("--python", action="append", default=[], metavar="NAME=PATH")
    given = asked.parse_args()
    pythons = dict(each.split("=", 1) for each in given.python)
    found = run(compare(given.tasks, given.rounds, tuple(given.rivals.split(",")), pythons))
    print(json.dumps(found, indent=2))
