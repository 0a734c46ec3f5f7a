"""Approve, reject, request changes and the clock, all at once on the same approval: who wins, and who is told what.

    python -m bench.decisions [APPROVALS] [OVER_HTTP]   prints JSON; 10 000 and 1 000 where nothing is said

Two processes decide, each voice in a transaction of its own; then the same over HTTP. A third of the approvals run out
of time in the middle of their contest. Wrong is: nobody won, more than one won, or somebody was told another outcome
than the one that is stored.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

import httpx

from agent.cli.bench import figures
from agent.cli.bench.scratch import Scratch, scratch
from agent.cli.bench.seeding import Seeding
from agent.cli.bench.serving import serving
from agent.cli.bench.work import Fan, Idle
from agent.service.deciding import Deciding
from agent.store.database import Database, open_database
from agent.store.pool import connect
from bench.contender import AT_ONCE, Contested, Side, Told
from domain.base import JsonObject

ROOT: Final = Path(__file__).parents[1]
APPROVALS: Final = 10_000
OVER_HTTP: Final = 1_000
SIDES: Final[tuple[Side, ...]] = ("approve", "reject", "expire", "changes")
BATCH: Final = 50
RUNS_OUT_WITHIN_MS: Final = 60
HEAD_START: Final = 5
FLOOR_S: Final = 3.0

RUN_OUT = """
UPDATE approval a SET requested_at = a.requested_at - interval '1 day', expires_at = db_now() + r.ms * interval '1 ms'
FROM unnest($1::uuid[], $2::float8[]) AS r (id, ms) WHERE a.approval_id = r.id
"""
ASKED = """
UPDATE approval SET expires_at = expires_at + interval '1 day' WHERE task_id = ANY ($1)
RETURNING approval_id::text AS id, task_id
"""
OUTCOMES = """
SELECT a.approval_id::text AS id, a.status,
       (SELECT count(*) FROM event e WHERE e.task_id = a.task_id AND e.data ->> 'approval_id' = a.approval_id::text
        AND e.kind IN ('approval_approved', 'approval_rejected', 'approval_expired', 'approval_superseded')) AS ends
FROM approval a WHERE a.approval_id = ANY ($1::uuid[])
"""


class Tally(NamedTuple):
    """What was stored, by status; what was wrong; and how long the voices took."""

    stored: Counter[str]
    wrong: list[str]
    seconds: float


async def bench(approvals: int, over_http: int) -> JsonObject:
    async with scratch() as place:
        return await measure(place, approvals, over_http, FLOOR_S)


async def measure(place: Scratch, approvals: int, over_http: int, floor_s: float) -> JsonObject:
    before = figures.machine()
    straight = await _straight(place, approvals)
    http = await _http(place, over_http)
    floor = await locked_commits(place.floor, floor_s)
    return {
        "bench": "decisions",
        "machine": before,
        "two_processes": _told(approvals, straight),
        "http": _told(over_http, http),
        "floor": {"locked_single_row_commits_per_s": figures.rounded(floor)},
        "ratios": {
            "decisions_to_floor": figures.rounded(len(SIDES) * approvals / straight.seconds / floor),
            "decisions_over_http_to_floor": figures.rounded(len(SIDES) * over_http / http.seconds / floor),
        },
    }


def _told(approvals: int, tally: Tally) -> JsonObject:
    return {
        "approvals": approvals,
        "contenders_each": len(SIDES),
        "winners": dict(sorted(tally.stored.items())),
        "wrong": len(tally.wrong),
        "first_wrong": [*tally.wrong[:5]],
        "decisions_per_s": figures.rounded(len(SIDES) * approvals / tally.seconds),
    }


async def _straight(place: Scratch, count: int) -> Tally:
    """By two processes, each with two of the four voices on every approval."""
    draw, told, seconds = random.Random(7), list[Told](), 0.0
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(place.stack.database_url))
        contested = await _asked(database, count)
        pair = [await stack.enter_async_context(_contender(database.dsn)) for _ in range(2)]
        for batch in _batches(contested):
            await _run_out(database, batch, draw)
            parts = list(_parted(batch, draw))
            began = time.perf_counter()
            answers = await asyncio.gather(
                *(_exchange(child, part) for child, part in zip(pair, parts, strict=True))
            )
            seconds += time.perf_counter() - began
            told += chain(*answers)
        return await _tallied(database, contested, told, seconds)


async def _http(place: Scratch, count: int) -> Tally:
    """By four clients at once; the clock is the service's own."""
    draw, told, seconds = random.Random(11), list[Told](), 0.0
    async with (
        serving(place, Idle(), worker=False) as served,
        httpx.AsyncClient(base_url=served.url, trust_env=False, timeout=120) as client,
    ):
        contested = await _asked(served.database, count)
        gate = asyncio.Semaphore(AT_ONCE)
        for batch in _batches(contested):
            await _run_out(served.database, batch, draw)
            voices = [(contest, side) for part in _parted(batch, draw) for contest, side in part]
            draw.shuffle(voices)
            began = time.perf_counter()
            told += await asyncio.gather(
                *(_ask(client, served.services.deciding, gate, contest, side) for contest, side in voices)
            )
            seconds += time.perf_counter() - began
        return await _tallied(served.database, contested, told, seconds)


async def _ask(
    client: httpx.AsyncClient, clock: Deciding, gate: asyncio.Semaphore, contested: Contested, side: Side
) -> Told:
    async with gate:
        if side == "expire":
            await clock.expire(contested.task_id)
            return contested.approval_id, side, None
        path = (
            f"/approvals/{contested.approval_id}/changes"
            if side == "changes"
            else f"/{side}/{contested.approval_id}"
        )
        who = {"approver_id": side, "approver_role": "tech_lead", "justification": "because"}
        body = {**who, "comment": "do not touch the staging database"} if side == "changes" else who
        answer = await client.post(path, json=body)
    return contested.approval_id, side, _status(answer)


def _status(answer: httpx.Response) -> str:
    """What the answer says that is stored."""
    body = answer.json()
    match answer.status_code:
        case 200:
            return str(body.get("superseded", body)["status"])
        case 409 if body["error"]["code"] == "ALREADY_DECIDED":
            return str(body["error"]["message"]).rsplit(" ", 1)[1]
        case 410:
            return "expired"
        case _:
            return f"{answer.status_code} {answer.text[:200]}"


async def _asked(database: Database, count: int) -> list[Contested]:
    """So many plans that wait for a yes, and long enough for all of them to have their turn."""
    seeding = await Seeding.into(database, Fan(1, asks=True))
    names = await seeding.plan(count)
    rows = await database.pool.fetch(ASKED, names)
    assert len(rows) == count
    return [Contested(row["id"], row["task_id"]) for row in rows]


def _batches(contested: Sequence[Contested]) -> Iterator[Sequence[Contested]]:
    for start in range(0, len(contested), BATCH):
        yield contested[start : start + BATCH]


async def _run_out(database: Database, batch: Sequence[Contested], draw: random.Random) -> None:
    """Every third is out of time some moment after its contest begins."""
    late = [contested.approval_id for contested in batch[::3]]
    await database.pool.execute(RUN_OUT, late, [draw.random() * RUNS_OUT_WITHIN_MS for _ in late])


def _parted(batch: Sequence[Contested], draw: random.Random) -> Iterator[list[tuple[Contested, Side]]]:
    """Two of the sides of every approval for the one process, two for the other, all about the same time."""
    parts: tuple[list[tuple[float, Contested, Side]], ...] = ([], [])
    for place, contested in enumerate(batch):
        sides = draw.sample(SIDES, len(SIDES))
        for part, mine in zip(parts, (sides[:2], sides[2:]), strict=True):
            part.extend((place + _start(side, draw), contested, side) for side in mine)
    for part in parts:
        yield [(contested, side) for _, contested, side in sorted(part)]


def _start(side: Side, draw: random.Random) -> float:
    """Places later or earlier: whoever asks for changes has a plan to draw first, and would never win."""
    return draw.uniform(0, 4) - (HEAD_START if side == "changes" else 0)


async def _tallied(
    database: Database, contested: Sequence[Contested], told: Iterable[Told], seconds: float
) -> Tally:
    heard: dict[str, set[str]] = defaultdict(set)
    for approval_id, _, outcome in told:
        if outcome is not None:
            heard[approval_id].add(outcome)
    rows = await database.pool.fetch(OUTCOMES, [contest.approval_id for contest in contested])
    wrong = [
        f"{row['id']}: stored {row['status']}, ended {row['ends']} times, told {sorted(heard[row['id']])}"
        for row in rows
        if row["status"] == "pending" or row["ends"] != 1 or heard[row["id"]] != {row["status"]}
    ]
    return Tally(Counter(row["status"] for row in rows), wrong, seconds)


@asynccontextmanager
async def _contender(dsn: str) -> AsyncIterator[asyncio.subprocess.Process]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.contender", dsn,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**24, cwd=ROOT,
    )  # fmt: skip
    assert child.stdin
    assert child.stdout
    try:
        await child.stdout.readline()
        yield child
    finally:
        child.stdin.close()
        await child.wait()


async def _exchange(child: asyncio.subprocess.Process, sides: list[tuple[Contested, Side]]) -> list[Told]:
    assert child.stdin
    assert child.stdout
    said = [((contested.approval_id, contested.task_id), side) for contested, side in sides]
    child.stdin.write(json.dumps(said).encode() + b"\n")
    await child.stdin.drain()
    return [
        (approval_id, side, outcome)
        for approval_id, side, outcome in json.loads(await child.stdout.readline())
    ]


async def locked_commits(dsn: str, seconds: float, connections: int = 2 * AT_ONCE) -> float:
    """Transactions a second that lock one row, write it, and commit; each connection has a row of its own."""
    until = time.perf_counter() + seconds
    counts = await asyncio.gather(*(_locked(dsn, f"row-{number}", until) for number in range(connections)))
    return sum(counts) / seconds


async def _locked(dsn: str, row: str, until: float) -> int:
    connection, done = await connect(dsn, name="orchestrator bench"), 0
    try:
        await connection.execute("INSERT INTO heard (source, id, at) VALUES ('bench', $1, db_now())", row)
        while time.perf_counter() < until:
            async with connection.transaction():
                await connection.fetchval(
                    "SELECT at FROM heard WHERE source = 'bench' AND id = $1 FOR UPDATE", row
                )
                await connection.execute(
                    "UPDATE heard SET at = db_now() WHERE source = 'bench' AND id = $1", row
                )
            done += 1
        return done
    finally:
        await connection.close()


def main(arguments: Sequence[str]) -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.decisions")
    asked.add_argument("approvals", type=int, nargs="?", default=APPROVALS, help="decided by two processes")
    asked.add_argument("over_http", type=int, nargs="?", default=OVER_HTTP, help="decided over HTTP")
    wanted = asked.parse_args(arguments)
    found = asyncio.run(bench(wanted.approvals, wanted.over_http))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    parts = [found["two_processes"], found["http"]]
    return int(any(part["wrong"] for part in parts if isinstance(part, dict)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
