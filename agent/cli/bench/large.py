"""One plan of ten thousand subtasks: planned and stored, run, listed."""

import time
from typing import Final

from agent.bootstrap.serve import serve
from agent.cli.bench import figures
from agent.cli.bench.engine import proven
from agent.cli.bench.scratch import Scratch
from agent.cli.bench.seeding import Seeding
from agent.cli.bench.work import Fan, Idle
from agent.cli.haste import settled
from agent.store.database import open_database
from domain.base import Json, JsonObject
from domain.plan import MAX_SUBTASKS

SMALL: Final = 100


async def measure(place: Scratch) -> JsonObject:
    async with (
        open_database(place.stack.database_url) as database,
        serve(place.settings, place.stack, specialist=Idle()) as service,
    ):
        settled()
        small = await Seeding.into(database, Fan(SMALL - 2))
        large = await Seeding.into(database, Fan(MAX_SUBTASKS - 2))
        began = time.perf_counter()
        names = await large.plan(1)
        stored = time.perf_counter() - began
        at = await large.release(names)
        others = await small.plan(1)
        beside = await small.release(others)
        beside_s = (await small.finished(others) - beside).total_seconds()
        ran = (await large.finished(names) - at).total_seconds()
        began = time.perf_counter()
        await service.looking.task(names[0])
        listed = time.perf_counter() - began
        proof = await proven(database)
    return {
        "work": f"one task of {MAX_SUBTASKS} subtasks, and one of {SMALL} beside it",
        "planned_and_stored_s": figures.rounded(stored),
        "ran_s": figures.rounded(ran),
        "subtasks_per_s": figures.rounded(MAX_SUBTASKS / ran),
        "the_small_one_beside_it_ran_s": figures.rounded(beside_s),
        "listed_s": figures.rounded(listed),
        "violations": list[Json]([*proof.violations, *proof.unfinished()][:20]),
    }
