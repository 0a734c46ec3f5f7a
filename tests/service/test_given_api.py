"""Plans that callers bring, of any size, and lists of their subtasks."""

import json
from collections.abc import AsyncIterator
from typing import Any

from domain.agent import Agent
from tests.kit.api import Api, api
from tests.kit.plans import agent

MANY = 1_000


def reader() -> Agent:
    return agent("worker", slots=20).model_copy(update={"effect": "read", "idempotent": True})


def brought(count: int) -> dict[str, Any]:
    """A tree: each node waits for the one that is a tenth as far."""
    nodes = [
        {
            "id": f"n{i}",
            "objective": f"Read part {i}",
            "agent": "worker",
            "depends_on": [f"n{i // 10}"] * bool(i),
        }
        for i in range(count)
    ]
    return {"task_id": "own", "title": "A plan of my own", "plan": {"subtasks": nodes}}


async def listed(a: Api, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: int | None = 0
    while cursor is not None:
        page = (await a.get("/tasks/own/subtasks", limit=limit, cursor=cursor)).json()
        assert len(page["subtasks"]) <= limit
        found += page["subtasks"]
        cursor = page["next"]
    return found


async def test_a_plan_that_is_brought_along_is_judged_run_and_listed(dsn: str) -> None:
    async with api(dsn, reader()) as a, a.house.worker():
        sent = await a.post("/orchestrate", {**brought(12), "execute": True})
        assert sent.status_code == 201
        assert sent.json()["plan"]["planner"] == "given"
        await a.house.until("own", "completed")
        rows = await listed(a, 5)
        assert [row["ordinal"] for row in rows] == list(range(12))
        assert {row["state"] for row in rows} == {"completed"}
        again = await a.post("/orchestrate", {**brought(12), "execute": True})
        assert (again.status_code, again.json()["request_changed"]) == (200, False)
        other = await a.post("/orchestrate", {**brought(11), "execute": True})
        assert (other.status_code, other.json()["request_changed"]) == (200, True)
        assert (await a.get("/tasks/none/subtasks")).status_code == 404


async def test_a_brought_plan_that_cannot_be_run_is_refused_and_nothing_of_it_is_kept(dsn: str) -> None:
    async with api(dsn, reader()) as a:
        broken = brought(2)
        broken["plan"]["subtasks"][0]["depends_on"] = ["n1"]
        refused = await a.post("/orchestrate", broken)
        assert refused.status_code == 400
        assert refused.json()["error"]["fields"][0]["path"] == "plan.subtasks[0].depends_on"
        assert (await a.get("/tasks/own")).status_code == 404


async def test_a_thousand_subtasks_are_planned_stored_and_listed_and_nobody_else_waits_for_them(
    dsn: str,
) -> None:
    async with api(dsn, reader()) as a:
        sent = await a.post("/orchestrate", brought(MANY))
        assert sent.status_code == 201
        assert len(sent.json()["subtasks"]) == MANY
        rows = await listed(a, 400)
        assert [row["ordinal"] for row in rows] == list(range(MANY))
        assert len((await a.get("/tasks/own")).json()["subtasks"]) == MANY


async def test_a_plan_may_be_larger_than_any_other_request_and_has_a_limit_of_its_own(dsn: str) -> None:
    async def padded(body: dict[str, Any], size: int) -> AsyncIterator[bytes]:
        yield json.dumps(body).encode()
        for _ in range(size // 2**20):
            yield b" " * 2**20

    async with api(dsn, reader()) as a:
        alone = {"task_id": "alone", "title": "No plan of my own"}
        refused = await a.client.post("/orchestrate", content=padded(alone, 2**20))
        assert (refused.status_code, refused.json()["error"]["code"]) == (413, "TOO_LARGE")
        as_json = {"content-type": "application/json"}
        taken = await a.client.post("/orchestrate", content=padded(brought(12), 30 * 2**20), headers=as_json)
        assert taken.status_code == 201
        beyond = await a.client.post("/orchestrate", content=padded(brought(12), 33 * 2**20), headers=as_json)
        assert (beyond.status_code, beyond.json()["error"]["code"]) == (413, "TOO_LARGE")
        assert "which is 32 MiB" in beyond.json()["error"]["message"]
