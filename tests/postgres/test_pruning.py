"""Letting go of old tasks: whole or not at all, and the chain holds over the holes."""

import asyncio
import base64
import json
from typing import Any

import pytest

from agent.audit.auditor import READER, Auditor
from agent.audit.book import written
from agent.audit.check import check
from agent.audit.key import SigningKey
from agent.store.audit import Blocks
from domain.errors import AuditBrokenError
from tests.kit.api import Api, api
from tests.kit.house import House
from tests.kit.plans import gated, plan

KEY = SigningKey(base64.b64encode(b"k" * 32).decode())
OF_A_TASK = (
    "task",
    "plan",
    "subtask",
    "edge",
    "progress",
    "attempt",
    "approval",
    "vote",
    "event",
    "delivery",
)


async def chained(h: House) -> None:
    await h.database.pool.execute("INSERT INTO reader VALUES ($1, 0) ON CONFLICT DO NOTHING", READER)
    while await Auditor(h.database, KEY, h.clock).step():
        pass


async def exported(h: House) -> list[str]:
    await chained(h)
    return [line.decode() async for line in written(Blocks(h.database.pool))]


async def rows_of(h: House, task_id: str) -> dict[str, int]:
    found = {}
    for table in OF_A_TASK:
        where = "approval_id IN (SELECT approval_id FROM approval WHERE task_id = $1)"
        sql = f"SELECT count(*) FROM {table} WHERE {where if table == 'vote' else 'task_id = $1'}"
        found[table] = await h.database.pool.fetchval(sql, task_id)
    return found


async def prune(a: Api, **body: Any) -> Any:
    answer = await a.post("/prune", {"older_than_days": 30, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def old(h: House) -> None:
    """Two tasks that ended, one of them approved, and one that has not; all of it a while ago."""
    async with h.worker():
        await h.submit(gated(plan("asked", {"a": "", "b": "a"}), "b"))
        await h.submit(plan("plain", {"a": ""}))
        await h.submit(plan("open", {"a": ""}), execute=False)
        await h.until("plain", "completed")
        await h.approve("asked")
        await h.until("asked", "completed")
    await h.database.pool.execute(
        "UPDATE task SET ended_at = ended_at - interval '31 days' WHERE ended_at IS NOT NULL"
    )


async def test_a_dry_run_shows_what_would_go_and_nothing_goes(dsn: str) -> None:
    async with api(dsn) as a:
        await old(a.house)
        assert (await prune(a))["tasks"] == []  # nobody has chained them yet
        await chained(a.house)
        shown = await prune(a)
        assert shown["dry_run"]
        assert {task["task_id"]: task["subtasks"] for task in shown["tasks"]} == {"plain": 1, "asked": 2}
        assert shown["events"] == sum([(await rows_of(a.house, t))["event"] for t in ("plain", "asked")])
        assert (await prune(a, older_than_days=32))["tasks"] == []
        one = await prune(a, limit=1)
        assert (len(one["tasks"]), one["more"]) == (1, True)
        assert (await a.get("/tasks/plain")).status_code == 200


async def test_what_ended_long_ago_goes_whole_and_the_chain_still_proves_the_rest(dsn: str) -> None:
    async with api(dsn) as a:
        await old(a.house)
        before = check(await exported(a.house), trusted=[KEY.public])
        gone = await prune(a, dry_run=False)
        assert (await prune(a))["tasks"] == []
        for task in ("plain", "asked"):
            assert (await a.get(f"/tasks/{task}")).status_code == 404
            left = await rows_of(a.house, task)
            assert left == {**dict.fromkeys(OF_A_TASK, 0), "event": 1}
        assert (await a.get("/tasks/open")).json()["status"] == "planned"

        lines = await exported(a.house)
        after = check(lines, trusted=[KEY.public])
        assert after.pruned == gone["events"]
        assert after.entries == before.entries + 2
        for number, line in enumerate(lines):
            if "pruned" in (told := json.loads(line)):
                told["pruned"]["sha256"] = "0" * 64
                with pytest.raises(AuditBrokenError, match="was changed"):
                    check([*lines[:number], json.dumps(told), *lines[number + 1 :]])
                break


async def test_of_two_who_let_go_at_once_each_takes_what_the_other_does_not(dsn: str) -> None:
    async with api(dsn) as a:
        await old(a.house)
        await chained(a.house)
        answers = await asyncio.gather(prune(a, dry_run=False), prune(a, dry_run=False))
        gone = [task["task_id"] for answer in answers for task in answer["tasks"]]
        assert sorted(gone) == ["asked", "plain"]
        told = "SELECT count(*) FROM event WHERE kind = 'task_pruned'"
        assert await a.house.database.pool.fetchval(told) == 2
        assert check(await exported(a.house), trusted=[KEY.public]).pruned == sum(
            answer["events"] for answer in answers
        )
