"""Scope `subtask`: the safe part of a plan runs while the risky part waits; no way leads round the yes."""

import asyncio

import pytest

from agent.service.deciding import Voice
from domain.errors import InvalidInputError
from domain.principal import Principal
from domain.verdict import Demand
from planner.operations import Drop
from tests.kit.house import SOON, House, house
from tests.kit.plans import gated, node, plan

PARTLY = Demand(roles=("tech_lead",), ttl_s=600, scope="subtask")
GRAPH = {"a": "", "b": "a", "risky": "a", "c": "risky"}
BOB = Principal.claimed("bob", "tech_lead")


async def begun(h: House, task: str = "t1", *, execute: bool = True) -> str:
    """A plan whose `risky` part waits; the code of its approval."""
    await h.submit(gated(plan(task, GRAPH), "risky", demand=PARTLY), execute=execute)
    return (await h.looking.task(task)).approvals[0].code


SAFE_DONE = {"a": "completed", "b": "completed", "risky": "waiting_approval", "c": "pending"}


async def safe_part_done(h: House, task: str = "t1") -> None:
    async with asyncio.timeout(SOON):
        while await h.states(task) != SAFE_DONE:
            await asyncio.sleep(0.01)
    assert (await h.until(task, "running")).status == "running"


async def test_the_safe_part_runs_while_the_risky_part_waits_and_a_yes_frees_it(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        code = await begun(h)
        await safe_part_done(h)
        shown = await h.looking.task("t1")
        assert (shown.status, shown.routing_plan.approval_code) == ("running", code)
        assert [a.status for a in shown.approvals] == ["pending"]
        await h.approve("t1")
        await h.until("t1", "completed")
        assert [a.number for a in await h.standings.attempts("t1")] == [1, 1, 1, 1]


async def test_a_no_leaves_the_risky_part_blocked_and_the_task_for_people(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        code = await begun(h)
        await safe_part_done(h)
        await h.deciding.decide(code, Voice(BOB, "reject", "too risky"))
        task = await h.until("t1", "blocked")
        assert task.needs_review
        (risky,) = [s for s in (await h.looking.task("t1")).subtasks if s.title == "do risky"]
        assert risky.question is not None
        assert risky.question.cause == "not_approved"
        assert "was rejected: too risky" in risky.question.required_input
        await h.answering.resolve("t1", node("t1", "risky"), "skip", actor="bob")
        await h.until("t1", "completed")
        assert (await h.states("t1"))["c"] == "completed"


async def test_making_it_again_is_no_way_round_a_no(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        code = await begun(h)
        await safe_part_done(h)
        await h.deciding.decide(code, Voice(BOB, "reject", "no"))
        await h.until("t1", "blocked")
        with pytest.raises(InvalidInputError, match="does not ask whether to retry"):
            await h.answering.resolve("t1", node("t1", "risky"), "retry", actor="bob")
        assert (await h.states("t1"))["risky"] == "blocked"
        assert {a.subtask_id for a in await h.standings.attempts("t1")} == {node("t1", "a"), node("t1", "b")}


async def test_a_state_that_was_changed_in_the_database_starts_nothing_that_is_gated(dsn: str) -> None:
    async with house(dsn) as h:
        await begun(h)
        await h.database.pool.execute(
            "UPDATE progress SET state = 'pending' WHERE state = 'waiting_approval'"
        )
        async with h.worker():
            await h.until("t1", "blocked")
            assert (await h.states("t1"))["risky"] == "blocked"


async def test_silence_is_a_no_for_the_part_that_waited_while_the_rest_ran(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await begun(h)
        await safe_part_done(h)
        await h.database.pool.execute(
            "UPDATE approval SET requested_at = requested_at - interval '1 hour', expires_at = db_now()"
        )
        await h.until("t1", "blocked")
        assert [a.status for a in (await h.looking.task("t1")).approvals] == ["expired"]
        assert (await h.states("t1"))["risky"] == "blocked"


async def test_another_worker_goes_on_where_one_left_while_people_are_asked(dsn: str) -> None:
    async with house(dsn) as h:
        await begun(h)
        async with h.worker("w1"):
            await safe_part_done(h)
        await h.approve("t1")
        async with h.worker("w2"):
            await h.until("t1", "completed")


async def test_a_planned_task_can_be_set_going_before_the_yes_and_the_yes_alone_sets_nothing_going(
    dsn: str,
) -> None:
    async with house(dsn) as h, h.worker():
        await begun(h, execute=False)
        assert (await h.tasks.get("t1")).status == "planned"
        await h.execute("t1")
        await safe_part_done(h)
        await begun(h, "t2", execute=False)
        await h.approve("t2")
        assert (await h.tasks.get("t2")).status == "planned"
        assert (await h.states("t2"))["risky"] == "pending"


async def test_cancelling_withdraws_the_question(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await begun(h)
        await safe_part_done(h)
        await h.control.cancel("t1", actor="test")
        await h.until("t1", "cancelled")
        assert [a.status for a in (await h.looking.task("t1")).approvals] == ["cancelled"]


async def test_dropping_what_was_refused_lets_the_plan_end(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        code = await begun(h)
        await safe_part_done(h)
        await h.deciding.decide(code, Voice(BOB, "reject", "no"))
        await h.until("t1", "blocked")
        await h.editing.edit("t1", [Drop(subtask_id=node("t1", "risky"))], by=BOB)
        await h.until("t1", "completed")
        assert await h.states("t1") == {"a": "completed", "b": "completed", "c": "completed"}
