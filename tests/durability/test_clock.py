"""Clocks are set while work is under way, by hours and both ways: nothing ends early, and nothing is left waiting."""

import asyncio
from datetime import timedelta
from typing import Any

from tests.kit.chaos import scene, verdict
from tests.kit.command import PATIENCE_S
from tests.kit.house import House, house
from tests.kit.plans import gated, plan, plan_of, subtask
from tests.kit.zygote import LIMITS

JUMPS_H = (5, -9, 6, -3, 8, -7)
RETRIED = [f"retried{n}" for n in range(len(JUMPS_H))]
HELD = [f"held{n}" for n in range(LIMITS["worker"] + 2)]

CALLBACK = """
INSERT INTO delivery (notice_id, channel, recipient, notice, state, next_at, give_up_at, created_at)
VALUES (gen_random_uuid(), 'webhook', 'http://example.com/', '{}', 'waiting',
        db_now() + interval '30 minutes', db_now() + interval '1 day', db_now())
"""
"""To be tried again in half an hour, which is in many hours once the clock was put back."""

BACKS_OFF = "SELECT max(next_at) IS NOT NULL OR max(attempt) > 1 FROM progress WHERE task_id = $1"
"""It waits for its second attempt, or has begun it: a worker that has not heard of the last jump may have waited for nothing."""


async def until(house: House, query: str, *values: object) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await house.database.pool.fetchval(query, *values):
            await asyncio.sleep(0.02)


async def jump(house: House, **by: float) -> None:
    """The database's clock is set. The queue of tickets asks the server's own, so what lies there moves instead."""
    step = timedelta(**by)
    async with house.database.pool.acquire() as connection, connection.transaction():
        await connection.execute("UPDATE clock SET ahead = ahead + $1", step)
        await connection.execute(
            "UPDATE pgqueuer SET execute_after = execute_after - $1::interval, heartbeat = heartbeat - $1::interval",
            step,
        )


def of(task: str, *words: str, agent_id: str) -> Any:
    """One after the other, each of a kind that the workers know."""
    keys = [f"n{place}" for place in range(len(words))]
    return plan_of(
        task,
        *(
            subtask(task, key, before, ordinal=place, agent_id=agent_id, timeout_s=3600.0).model_copy(
                update={"objective": f"{word} work"}
            )
            for place, (key, before, word) in enumerate(zip(keys, ["", *keys], words, strict=False))
        ),
    )


async def test_clocks_that_jump_by_hours_end_nothing_early_and_leave_nothing_waiting(dsn: str) -> None:
    """Of the two workers one is seven hours ahead and one seven behind; the database's clock goes to and fro."""
    async with scene(dsn) as (h, zygote):
        zygote.start("w1", wall_h=7)
        zygote.start("w2", wall_h=-7)
        for task in HELD:
            await h.submit(of(task, "held", agent_id="worker"))
        running = "SELECT count(*) = $1 FROM progress WHERE state = 'running' AND agent = 'worker'"
        await until(h, running, LIMITS["worker"])
        living = await h.database.pool.fetch("SELECT worker_id, name FROM worker ORDER BY 1")
        await h.database.pool.execute(CALLBACK)
        for task, hours in zip(RETRIED, JUMPS_H, strict=True):
            await h.submit(of(task, "calm", "fails", "calm", agent_id="free"))
            await until(h, BACKS_OFF, task)
            await jump(h, hours=hours)
            await until(h, "SELECT status = 'completed' FROM task WHERE task_id = $1", task)
        assert await h.database.pool.fetch("SELECT worker_id, name FROM worker ORDER BY 1") == living
        assert await h.database.pool.fetchval("SELECT next_at <= db_now() FROM delivery")
        await h.database.pool.execute("INSERT INTO effect VALUES ('go', 1)")
        await until(h, "SELECT bool_and(status = 'completed') FROM task")
        tried = "SELECT max(number) = 1 FROM attempt WHERE task_id LIKE 'held%'"
        assert await h.database.pool.fetchval(tried)
        _, wrong = await verdict(h)
        assert wrong == []


async def test_a_question_expires_when_the_databases_clock_says_so_and_not_before(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await h.submit(gated(plan("asked", {"a": ""}), "a"))
        for number, hours in enumerate((-3, 3)):
            await jump(h, hours=hours)
            probe = f"probe{number}"
            await h.submit(plan(probe, {"a": ""}))
            await h.until(probe, "completed")
            assert (await h.tasks.get("asked")).status == "approval_pending"
        await jump(h, minutes=11)
        await h.until("asked", "expired")
