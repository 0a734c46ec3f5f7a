"""How many requests a second are planned and stored, and how soon one that is known is answered."""

import asyncio
import time
from typing import Final
from uuid import uuid4

import httpx

from agent.cli.bench import figures, floor
from agent.cli.bench.scratch import Scratch
from agent.cli.bench.serving import serving
from agent.cli.bench.work import Idle
from domain.base import JsonObject

TITLE: Final = "Collect the last commits, write release notes from them, then check the notes"
AT_ONCE: Final = 8


async def measure(place: Scratch, count: int) -> JsonObject:
    """So many new requests over HTTP, then as many that are known, planned by the rules."""
    names = [f"submit-{uuid4().hex[:12]}" for _ in range(count)]
    async with (
        serving(place, Idle(), worker=False) as served,
        httpx.AsyncClient(base_url=served.url, trust_env=False, timeout=60) as client,
    ):
        began = time.perf_counter()
        new = await _all(client, names, 201, AT_ONCE)
        took = time.perf_counter() - began
        known = await _all(client, names, 200, 1)
    single = await floor.single_commits(place.floor)
    return {
        "work": f"{count} requests by {AT_ONCE} clients, then the same again by one; client and service in one process",
        "submitted_per_s": figures.rounded(count / took),
        "new_ms": figures.milliseconds(new),
        "duplicate_ms": figures.milliseconds(known),
        "floor": {"single_commits_per_s": figures.rounded(single)},
        "ratios": {"to_single_commits": figures.rounded(count / took / single)},
    }


async def _all(client: httpx.AsyncClient, names: list[str], expected: int, at_once: int) -> list[float]:
    gate, found = asyncio.Semaphore(at_once), []

    async def one(name: str) -> None:
        async with gate:
            began = time.perf_counter()
            answer = await client.post("/orchestrate", json={"task_id": name, "title": TITLE})
            found.append(time.perf_counter() - began)
            assert answer.status_code == expected, answer.text

    await asyncio.gather(*map(one, names))
    return found
