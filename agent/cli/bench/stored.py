"""Whether what is stored slows what runs: the same work beside a database that holds a million finished subtasks."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from agent.bootstrap.serve import serve
from agent.cli.bench import figures
from agent.cli.bench.cpu import backends, cpu_s
from agent.cli.bench.engine import Size, proven
from agent.cli.bench.scratch import Scratch
from agent.cli.bench.seeding import Seeding
from agent.cli.bench.work import Fan, Idle
from agent.cli.haste import settled
from agent.service.served import Services
from agent.store.database import Database, open_database
from agent.store.events import Events
from agent.store.pool import connect
from agent.store.queries import queries
from domain.base import Json, JsonObject

_SQL = queries("bench")

MODEL: Final = 20
"""Tasks that really run, and are then copied."""
COPIES: Final = 125
"""Of each, in one transaction."""
COPIED: Final = ("tasks", "plans", "subtasks", "edges", "progress", "attempts", "events")
ASKED: Final = 100


@dataclass
class Found:
    """What was measured beside so much that is stored."""

    per_s: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    """Computing for one subtask, here and in Postgres: what else the machine does changes it less than the time it takes."""
    wal: list[float] = field(default_factory=list)
    asked_s: dict[str, list[float]] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)


async def measure(
    place: Scratch, rounds: int, stored: int, tasks: int = 100, asked: int = ASKED
) -> JsonObject:
    """The two databases take turns, and take turns at being the first."""
    size = Size(tasks=tasks, rounds=rounds)
    began = time.perf_counter()
    await fill(place, stored)
    filled_s, sizes = time.perf_counter() - began, await _sizes(place)
    full, empty = Found(), Found()
    turns = [(place.stack.database_url, full), (place.floor, empty)]
    for number in range(rounds):
        for url, found in turns if number % 2 else reversed(turns):
            await _round(place, url, size, found, asked)
    ratios = [mine / other for mine, other in zip(full.per_s, empty.per_s, strict=True)]
    return {
        "work": f"{tasks} tasks of 1 → {size.width} → 1, beside {stored} stored subtasks and beside none, in turns",
        "rounds": rounds,
        "filled_in_s": figures.rounded(filled_s),
        "beside_what_is_stored": _told(full),
        "beside_nothing": _told(empty),
        "ratio_of_computing": figures.median(
            [mine / other for mine, other in zip(full.cpu_us, empty.cpu_us, strict=True)]
        ),
        "ratio": {"median": figures.median(ratios), "each_round": [figures.rounded(each) for each in ratios]},
        "bytes_per_stored_subtask": {
            name: figures.rounded(size / stored) for name, size in sizes.items() if size / stored >= 1
        },
        "violations": list[Json]([*full.violations, *empty.violations][:20]),
    }


async def fill(place: Scratch, stored: int) -> None:
    """Run a few tasks, and copy all that they left, the chain over the log included."""
    shape = Fan()
    async with (
        open_database(place.stack.database_url) as database,
        serve(place.settings, place.stack, specialist=Idle()),
    ):
        seeding = await Seeding.into(database, shape)
        names = await seeding.plan(MODEL)
        await seeding.release(names)
        await seeding.finished(names)
        while not await database.pool.fetchval(_SQL["chaining"]):  # noqa: ASYNC110  the database knows
            await asyncio.sleep(1)
    copies = max(1, round(stored / (MODEL * (shape.width + 2))))
    connection = await connect(place.stack.database_url, name="orchestrator bench")
    try:
        for first in range(1, copies + 1, COPIES):
            async with connection.transaction():
                for table in COPIED:
                    last = min(first + COPIES - 1, copies)
                    await connection.execute(_SQL[f"copy_{table}"], names, first, last, timeout=None)
        await connection.execute(_SQL["copy_blocks"])
        await connection.execute(_SQL["read_to_the_end"])
        # What autovacuum does behind so many rows, done before anybody measures.
        await connection.execute("VACUUM (ANALYZE)")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def _sizes(place: Scratch) -> dict[str, int]:
    connection = await connect(place.stack.database_url, name="orchestrator bench")
    try:
        return {row["name"]: int(row["bytes"]) for row in await connection.fetch(_SQL["sizes"])}
    finally:
        await connection.close()


async def _round(place: Scratch, url: str, size: Size, found: Found, asked: int) -> None:
    async with (
        open_database(url) as database,
        serve(place.settings, place.stack._replace(database_url=url), specialist=Idle()) as service,
    ):
        settled()
        head = await Events(database.pool).head()
        seeding = await Seeding.into(database, Fan(size.width))
        warm = await seeding.plan(4)
        await seeding.release(warm)
        await seeding.finished(warm)
        names = await seeding.plan(size.tasks)
        written, processes = await _written(database), await backends(database)
        computed = time.process_time() + cpu_s(processes)
        began = await seeding.release(names)
        took = (await seeding.finished(names) - began).total_seconds()
        computed = time.process_time() + cpu_s(processes) - computed
        found.cpu_us.append(computed / size.subtasks * 1e6)
        found.wal.append((await _written(database) - written) / size.subtasks)
        found.per_s.append(size.subtasks / took)
        await _ask(service, names, found, asked)
        proof = await proven(database, after=head)
        found.violations += [*proof.violations, *proof.unfinished()]


async def _ask(service: Services, names: list[str], found: Found, asked: int) -> None:
    """What is asked again and again, one after the other."""
    head = await service.events.head()
    questions: dict[str, Callable[[str], Awaitable[object]]] = {
        "a task in full": service.looking.task,
        "a page of tasks": lambda _name: service.tasks.page(limit=50),
        "a task's events": lambda name: service.events.after(0, task_id=name),
        "the last 100 events": lambda _name: service.events.after(head - 100),
    }
    for what, ask in questions.items():
        for number in range(asked):
            began = time.perf_counter()
            await ask(names[number % len(names)])
            found.asked_s.setdefault(what, []).append(time.perf_counter() - began)


async def _written(database: Database) -> float:
    return float(await database.pool.fetchval(_SQL["written"]))


def _told(found: Found) -> JsonObject:
    return {
        "subtasks_per_s": figures.median(found.per_s),
        "each_round": [figures.rounded(each) for each in found.per_s],
        "cpu_us_per_subtask": figures.median(found.cpu_us),
        "wal_bytes_per_subtask": figures.median(found.wal),
        "asked_ms": {what: figures.milliseconds(times) for what, times in found.asked_s.items()},
    }
