"""How many subtasks a second one worker runs, against the same rows written by nobody in particular."""

import re
import time
from dataclasses import dataclass
from typing import Final

from agent.bootstrap.serve import serve
from agent.cli.bench import figures, floor
from agent.cli.bench.cpu import backends, cpu_s
from agent.cli.bench.proof import Proof
from agent.cli.bench.scratch import Scratch
from agent.cli.bench.seeding import Seeding
from agent.cli.bench.work import AGENTS, SLOTS, Fan, Idle, agent_name
from agent.cli.haste import settled
from agent.service.served import Services
from agent.store.database import Database, open_database
from agent.store.events import Events
from agent.store.plans import Plans
from agent.store.queries import queries
from domain.base import JsonObject

_SQL = queries("bench")
_COUNTER: Final = re.compile(r"^orchestrator_recorder_batch_size_count (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Size:
    tasks: int = 200
    width: int = 8
    rounds: int = 5

    @property
    def subtasks(self) -> int:
        return self.tasks * (self.width + 2)


@dataclass(frozen=True)
class Round:
    """One round of the engine, and the floor beside it."""

    per_s: float
    commits: float
    cpu_us: float
    postgres_cpu_us: float
    single_per_s: float
    bare_per_s: float


async def measure(place: Scratch, size: Size) -> JsonObject:
    """Rounds of engine and floor in turn, then the log of all of them checked."""
    async with (
        open_database(place.stack.database_url) as database,
        open_database(place.floor) as bare,
        serve(place.settings, place.stack, specialist=Idle()) as service,
    ):
        settled()
        bench = Bench(
            size, service, database, bare, await Seeding.into(database, Fan(size.width)), place.floor
        )
        await bench.warm_up()
        rounds = [await bench.round() for _ in range(size.rounds)]
        return _told(rounds, size, await proven(database))


@dataclass(frozen=True)
class Bench:
    size: Size
    service: Services
    database: Database
    bare: Database
    seeding: Seeding
    floor: str

    async def warm_up(self) -> None:
        names = await self.seeding.plan(4)
        await self.seeding.release(names)
        await self.seeding.finished(names)

    async def round(self) -> Round:
        names = await self.seeding.plan(self.size.tasks)
        processes = await backends(self.database)
        commits, cpu, theirs = await _commits(self.service), time.process_time(), cpu_s(processes)
        began = await self.seeding.release(names)
        took = (await self.seeding.finished(names) - began).total_seconds()
        cpu, theirs = time.process_time() - cpu, cpu_s(processes) - theirs
        commits = await _commits(self.service) - commits
        return Round(
            per_s=self.size.subtasks / took,
            commits=commits,
            cpu_us=cpu / self.size.subtasks * 1e6,
            postgres_cpu_us=theirs / self.size.subtasks * 1e6,
            single_per_s=await floor.single_commits(self.floor),
            bare_per_s=await self._bare(int(commits)),
        )

    async def _bare(self, groups: int) -> float:
        names = await (await Seeding.into(self.bare, Fan(self.size.width))).plan(self.size.tasks)
        nodes: list[tuple[str, str]] = []
        for name in names:
            plan = await Plans(self.bare.pool).get(name, 1)
            nodes.extend((name, sealed.subtask_id) for sealed in plan.subtasks)
        return await floor.bare_groups(self.floor, nodes, groups)


async def proven(database: Database, *, after: int = 0) -> Proof:
    """What the log says from behind this place on."""
    events, proof, place = Events(database.pool), Proof({agent_name(n): SLOTS for n in range(AGENTS)}), after
    while page := await events.after(place, limit=2_000):
        proof.read(page)
        place = page[-1].seq
    return proof


async def _commits(service: Services) -> float:
    exposition, _ = await service.exposition("")
    found = _COUNTER.search(exposition.decode())
    assert found is not None
    return float(found[1])


def _told(rounds: list[Round], size: Size, proof: Proof) -> JsonObject:
    def middle(name: str) -> float:
        return figures.median([getattr(one, name) for one in rounds])

    return {
        "work": f"{size.tasks} tasks of 1 → {size.width} → 1, agents that answer at once, limits that do not bind",
        "rounds": size.rounds,
        "engine": {
            "subtasks_per_s": middle("per_s"),
            "each_round": [figures.rounded(one.per_s) for one in rounds],
            "commits": middle("commits"),
            "cpu_us_per_subtask": middle("cpu_us"),
            "postgres_cpu_us_per_subtask": middle("postgres_cpu_us"),
        },
        "floor": {
            "single_commits_per_s": middle("single_per_s"),
            "same_rows_in_as_many_commits_subtasks_per_s": middle("bare_per_s"),
        },
        "ratios": {
            "to_single_commits": figures.median([one.per_s / one.single_per_s for one in rounds]),
            "to_the_same_rows": figures.median([one.per_s / one.bare_per_s for one in rounds]),
        },
        "violations": [*proof.violations, *proof.unfinished()],
    }
