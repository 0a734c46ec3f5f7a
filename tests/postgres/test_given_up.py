"""A worker that others gave up for dead while a call of its own goes on: it drops the call and begins anew."""

import asyncio
import contextlib

import asyncpg
import pytest

from agent.store.pool import GONE
from agent.store.queries import queries
from domain.principal import Principal
from planner.operations import Drop
from tests.kit.house import SOON, house
from tests.kit.plans import gated, node, plan

ANN = Principal.claimed("ann")
KEEP_HOUSE = queries("workers")["keep_house"]


async def test_a_worker_given_up_for_dead_drops_what_lasts_and_takes_what_comes(dsn: str) -> None:
    async with house(dsn) as h:
        h.specialist.hold("held")
        await h.submit(plan("t1", {"held": ""}))
        # The ticket lies in the queue before there is a worker, so the queue brings it round and waits for it.
        async with h.worker():
            await h.until_state("t1", "held", "running")
            await h.database.pool.execute("DELETE FROM worker")
            await h.submit(plan("t2", {"a": ""}))
            await h.until("t2", "completed")
        assert h.specialist.cancelled[:1] == ["held"]


@pytest.mark.parametrize(("once", "left"), [(False, "ready"), (True, "blocked")])
async def test_what_a_dead_worker_left_running_is_settled_while_people_are_asked_about_a_changed_plan(
    dsn: str, once: bool, left: str
) -> None:
    effect = {"effect": "external", "idempotent": False} if once else {}
    async with house(dsn) as h:
        h.specialist.hold("held")
        await h.submit(gated(plan("t1", {"held": "", "b": "held", "gone": "b"}, **effect), "held", "b"))
        async with h.worker():
            await h.approve("t1")
            await h.until_state("t1", "held", "running")
            edited = (await h.editing.edit("t1", [Drop(subtask_id=node("t1", "gone"))], by=ANN)).task
            assert edited.status == "approval_pending"
            await h.database.pool.execute("DELETE FROM worker")
            await h.until_state("t1", "held", left)
            task = await h.looking.task("t1")
            assert task.status == "approval_pending"
            assert [a.status for a in task.approvals] == ["approved", "pending"]
            (attempt,) = [a for a in await h.standings.attempts("t1") if a.subtask_id == node("t1", "held")]
            assert (attempt.state, attempt.error and attempt.error.code) == ("unknown", "OUTCOME_UNKNOWN")
            stored = await h.tasks.get("t1")
            assert stored.wake_at == task.approvals[-1].expires_at
            h.specialist.let_go("held")
            if once:
                await h.answering.resolve("t1", node("t1", "held"), "done", actor="ann")
            await h.approve("t1")
            await h.until("t1", "completed")
            assert (await h.states("t1"))["held"] == "completed"


async def test_a_task_that_waits_for_people_keeps_its_timer_whoever_died_over_it(dsn: str) -> None:
    async with house(dsn) as h:
        await h.submit(gated(plan("t1", {"a": ""}), "a"))
        await h.submit(plan("t2", {"a": ""}), execute=False)
        pool, before = h.database.pool, (await h.tasks.get("t1")).wake_at
        await pool.execute("UPDATE task SET owner = 12345, epoch = 7")
        async with h.worker(), asyncio.timeout(SOON):
            while await pool.fetchval("SELECT count(*) FROM task WHERE owner IS NOT NULL"):
                await asyncio.sleep(0.05)
        task = await h.tasks.get("t1")
        assert (task.status, task.epoch, task.wake_at) == ("approval_pending", 8, before)


async def test_whoever_freezes_while_keeping_house_keeps_nobody_else_from_it_for_long(dsn: str) -> None:
    """It holds the lock by which one worker at a time buries the dead, and stands still."""
    frozen, other = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    try:
        standing_still = frozen.transaction()
        await standing_still.start()
        assert await frozen.fetchval(KEEP_HOUSE)
        assert not await other.fetchval(KEEP_HOUSE)
        async with asyncio.timeout(SOON):
            while not await other.fetchval(KEEP_HOUSE):
                await asyncio.sleep(0.2)
        with pytest.raises(GONE):
            await standing_still.rollback()
    finally:
        await other.close()
        with contextlib.suppress(*GONE):
            await frozen.close()
