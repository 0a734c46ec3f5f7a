"""People steer what runs: pause, cancel, priority, skip, the queue."""

import asyncio

import pytest

from agent.service.executing import Order
from domain.attempt import Unsuccessful
from domain.errors import InvalidInputError, WrongStateError
from domain.event import Event
from domain.facts.task import TaskHeartbeat
from domain.queue import QueueSettings
from domain.subtask import Failure
from tests.kit.house import SOON, House, house
from tests.kit.plans import agent, gated, node, plan
from tests.kit.specialist import failure

UNKNOWN = Unsuccessful(outcome="unknown", error=Failure(code="LOST", message="the connection broke"))


async def begun(h: House, key: str) -> None:
    async with asyncio.timeout(SOON):
        await h.specialist.begun[key].wait()


async def kinds(h: House, task_id: str) -> list[str]:
    return [e.fact.kind for e in await h.log() if e.fact.task_id == task_id]


async def test_a_pausing_task_starts_nothing_and_is_paused_once_nothing_runs(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.hold("a")
        await h.submit(plan("t1", {"a": "", "b": "a", "c": "", "d": "c"}))
        await begun(h, "a")
        await h.until_state("t1", "d", "completed")
        assert (await h.control.pause("t1", actor="ann")).status == "pausing"
        assert (await h.control.pause("t1", actor="ann")).status == "pausing"
        h.specialist.let_go("a")
        await h.until("t1", "paused")
        assert await h.states("t1") == {"a": "completed", "b": "pending", "c": "completed", "d": "completed"}
        await h.control.unpause("t1", actor="ann")
        await h.until("t1", "completed")
        story = await kinds(h, "t1")
        assert [k for k in story if k in {"task_pausing", "task_paused"}] == ["task_pausing", "task_paused"]
        between = story[story.index("task_pausing") : story.index("task_paused")]
        assert "subtask_started" not in between


async def test_a_task_that_has_not_begun_is_paused_at_once(dsn: str) -> None:
    async with house(dsn) as h:
        await h.submit(plan("t1", {"a": ""}))
        assert (await h.control.pause("t1", actor="ann")).status == "paused"
        async with h.worker():
            await h.control.unpause("t1", actor="ann")
            await h.until("t1", "completed")


async def test_pausing_can_be_taken_back_before_it_has_come_to_rest(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.hold("a")
        await h.submit(plan("t1", {"a": "", "b": "a"}))
        await begun(h, "a")
        await h.control.pause("t1", actor="ann")
        assert (await h.control.unpause("t1", actor="ann")).status == "running"
        h.specialist.let_go("a")
        await h.until("t1", "completed")
        assert "task_paused" not in await kinds(h, "t1")


async def test_orders_that_make_no_sense_are_refused_with_the_state(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await h.submit(gated(plan("t1", {"a": ""}), "a"))
        await h.submit(plan("t2", {"a": ""}))
        await h.until("t2", "completed")
        for task_id, status in (("t1", "approval_pending"), ("t2", "completed")):
            for order in (
                h.control.pause(task_id, actor="ann"),
                h.control.unpause(task_id, actor="ann"),
            ):
                with pytest.raises(WrongStateError) as refused:
                    await order
                assert refused.value.fields == (("status", status),)
        with pytest.raises(WrongStateError):
            await h.control.prioritise("t2", "low", actor="ann")
        with pytest.raises(WrongStateError):
            await h.answering.skip("t2", node("t2", "a"), actor="ann")


async def test_a_write_that_was_called_off_ends_as_an_unknown_outcome(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.hold("a")
        await h.submit(plan("t1", {"a": "", "b": "a"}, effect="external", idempotent=False))
        await begun(h, "a")
        await h.control.cancel("t1", actor="ann", reason="wrong customer")
        await h.until("t1", "cancelled")
        view = await h.looking.task("t1")
        assert [a.state for a in view.attempts] == ["unknown"]
        assert view.reason == "wrong customer"
        story = await kinds(h, "t1")
        assert (
            story.index("task_cancelling") < story.index("subtask_cancelled") < story.index("task_cancelled")
        )


async def test_a_higher_priority_goes_before_in_the_line_for_a_slot_and_for_a_worker(dsn: str) -> None:
    async with house(dsn, agent(slots=1)) as h:
        async with h.worker():
            h.specialist.hold("a")
            await h.submit(plan("t1", {"a": ""}))
            await begun(h, "a")
            for task, key in (("t2", "b"), ("t3", "c")):
                await h.submit(plan(task, {key: ""}))
                await h.until(task, "running")
            await h.control.prioritise("t3", "critical", actor="ann")
            h.specialist.let_go("a")
            for task in ("t2", "t3"):
                await h.until(task, "completed")
        assert [a.brief.title for a in h.specialist.asked] == ["do a", "do c", "do b"]
        for task in ("t4", "t5", "t6"):
            await h.submit(plan(task, {task: ""}))
        await h.submit(plan("t7", {"t7": ""}), metadata={"due_date": "2030-01-01"})
        await h.control.prioritise("t6", "high", actor="ann")
        async with h.worker(concurrency=2):
            for task in ("t4", "t5", "t6", "t7"):
                await h.until(task, "completed")
        told = [a.brief.title for a in h.specialist.asked][3:]
        # Two were taken at once, and where those end together, so are the other two; which of two came first to the one
        # slot is chance.
        assert (sorted(told[:2]), sorted(told[2:])) == (["do t6", "do t7"], ["do t4", "do t5"])


async def test_a_subtask_is_left_out_before_its_turn_and_what_follows_sees_it(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.hold("a")
        await h.submit(plan("t1", {"a": "", "b": "a", "c": "a b"}))
        await begun(h, "a")
        with pytest.raises(WrongStateError) as refused:
            await h.answering.skip("t1", node("t1", "a"), actor="ann")
        assert refused.value.fields == (("state", "running"),)
        await h.answering.skip("t1", node("t1", "b"), actor="ann")
        await h.answering.skip("t1", node("t1", "b"), actor="ann")
        h.specialist.let_go("a")
        await h.until("t1", "completed")
        assert await h.states("t1") == {"a": "completed", "b": "skipped", "c": "completed"}
        told = h.specialist.asked[-1].brief
        assert told.skipped == (node("t1", "b"),)
        assert told.inputs == {node("t1", "a"): {"from": "a"}}
        view = await h.looking.task("t1")
        assert view.plan is not None
        assert view.plan.skipped == (node("t1", "b"),)


async def test_only_what_a_question_offers_is_an_answer(dsn: str) -> None:
    async with house(dsn) as h:
        await h.submit(plan("t1", {"a": ""}))
        await h.database.pool.execute("UPDATE subtask SET spec = replace(spec, 'do a', 'do evil')")
        async with h.worker():
            await h.until("t1", "blocked")
        with pytest.raises(InvalidInputError) as refused:
            await h.answering.resolve("t1", node("t1", "a"), "retry", actor="ann")
        assert refused.value.fields[0].issue == "should be one of fail, skip"


async def test_a_paused_queue_takes_nothing_up_and_lets_go_on_what_runs(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.hold("a")
        await h.submit(plan("t1", {"a": "", "b": "a"}))
        await begun(h, "a")
        await h.queueing.set(QueueSettings(paused=True), actor="ann")
        await h.submit(plan("t2", {"x": ""}))
        h.specialist.let_go("a")
        await h.until("t1", "completed")
        assert await h.states("t2") == {"x": "pending"}
        assert h.specialist.calls_of("x") == 0
        await h.control.cancel("t2", actor="ann")
        await h.submit(plan("t3", {"y": ""}))
        await h.queueing.set(QueueSettings(), actor="ann")
        await h.until("t3", "completed")


async def test_no_more_tasks_are_held_at_once_than_the_queue_allows_over_all_workers(dsn: str) -> None:
    names = [f"t{n}" for n in range(8)]
    async with house(dsn) as h:
        await h.queueing.set(QueueSettings(max_concurrent=2), actor="ann")
        h.specialist.hold(*names)
        async with h.worker("w1"), h.worker("w2"):
            for task in names:
                await h.submit(plan(task, {task: "", f"{task}b": task}))
            async with asyncio.timeout(SOON):
                while len(h.specialist.asked) < 2:
                    await asyncio.sleep(0.01)
            for task in names:
                h.specialist.let_go(task)
            for task in names:
                await h.until(task, "completed")
        assert h.specialist.most_at_once == 2


async def test_a_failure_stops_the_queue_where_that_is_asked_for(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await h.queueing.set(QueueSettings(stop_on_failure=True), actor="ann")
        h.specialist.script("a", failure(retryable=False))
        await h.submit(plan("t1", {"a": ""}))
        await h.until("t1", "blocked")
        assert (await h.queueing.settings()).paused
        assert (await h.fold()).queue == QueueSettings(paused=True, stop_on_failure=True)


async def test_stopping_everything_pauses_what_runs_and_lets_nothing_begin(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.hold("a")
        h.specialist.hold("b")
        for task, key in (("t1", "a"), ("t2", "b")):
            await h.submit(plan(task, {key: "", f"{key}{key}": key}))
            await begun(h, key)
        stopped = await h.queueing.stop(actor="ann")
        assert sorted(stopped.pausing) == ["t1", "t2"]
        await h.submit(plan("t3", {"c": ""}))
        h.specialist.let_go("a")
        h.specialist.let_go("b")
        await h.until("t1", "paused")
        await h.until("t2", "paused")
        assert {h.specialist.calls_of(key) for key in ("aa", "bb", "c")} == {0}


async def test_a_task_whose_runner_broke_off_is_taken_up_again(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await h.submit(plan("t1", {"a": ""}), execute=False)
        await h.database.pool.execute(
            "UPDATE task SET owner = (SELECT max(worker_id) FROM worker), epoch = 7"
        )
        await h.execute("t1", Order())
        async with asyncio.timeout(SOON):
            while await h.database.pool.fetchval("SELECT owner FROM task"):
                await asyncio.sleep(0.05)
        await h.database.pool.execute("UPDATE clock SET ahead = interval '10 seconds'")
        await h.until("t1", "completed")
        assert (await h.tasks.get("t1")).epoch > 7


async def test_what_nobody_answers_in_time_is_taken_for_failed(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        for task, on_failure in (("t1", "review"), ("t2", "fail")):
            h.specialist.script("a", UNKNOWN)
            writes = plan(task, {"a": "", "b": "a"}, effect="external", idempotent=False)
            await h.submit(writes, on_failure=on_failure)
            await h.until(task, "blocked")
        question = (await h.looking.task("t1")).subtasks[0].question
        assert question is not None
        assert question.deadline == (await h.tasks.get("t1")).wake_at
        await h.database.pool.execute("UPDATE clock SET ahead = interval '8 days'")
        await h.until("t2", "failed")
        await h.until_state("t1", "a", "failed")
        task = await h.tasks.get("t1")
        assert (task.status, task.needs_review, task.wake_at) == ("blocked", True, None)
        await h.answering.resolve("t1", node("t1", "a"), "skip", actor="ann")
        await h.until("t1", "completed")


async def test_people_are_called_as_soon_as_something_is_theirs_while_the_rest_runs_on(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.script("a", failure(), failure(), failure())
        h.specialist.hold("c")
        await h.submit(plan("t1", {"a": "", "b": "a", "c": ""}))
        await h.until_state("t1", "a", "failed")
        task = await h.tasks.get("t1")
        assert (task.status, task.needs_review, task.reason) == ("running", True, "1 failed")
        await h.answering.resolve("t1", node("t1", "a"), "skip", actor="ann")
        assert not (await h.tasks.get("t1")).needs_review
        h.specialist.let_go("c")
        await h.until("t1", "completed")
        flags = [k for k in await kinds(h, "t1") if k in {"task_flagged", "task_unflagged"}]
        assert flags == ["task_flagged", "task_unflagged"]


async def beats(h: House) -> set[tuple[str, int, int, int]]:
    """Who told of a task's life, and how many of its subtasks ran, had ended, and were there."""
    told = [event.fact for event in await h.log() if isinstance(event.fact, TaskHeartbeat)]
    return {(beat.worker, beat.running, beat.ended, beat.total) for beat in told}


async def test_a_task_that_runs_for_long_shows_that_it_lives(dsn: str) -> None:
    async with house(dsn) as h, h.worker(heartbeat_s=0.05):
        h.specialist.hold("b")
        await h.submit(plan("t1", {"a": "", "b": "a", "c": "b"}))
        await begun(h, "b")
        async with asyncio.timeout(SOON):
            while ("w1", 1, 1, 3) not in await beats(h):
                await asyncio.sleep(0.05)
        h.specialist.let_go("b")
        await h.until("t1", "completed")


async def test_a_task_of_many_subtasks_does_not_hold_up_a_small_one(dsn: str) -> None:
    async with house(dsn, agent(slots=2)) as h, h.worker():
        await h.submit(plan("huge", {f"n{i}": "" for i in range(600)}))
        async with asyncio.timeout(SOON):
            while len(h.specialist.asked) < 5:
                await asyncio.sleep(0.01)
        await h.submit(plan("small", {"a": "", "b": "a", "c": "b"}))
        await h.until("small", "completed")
        await h.until("huge", "completed")
        ended = [e.fact.task_id for e in await h.log() if e.fact.kind == "task_completed"]
        assert ended == ["small", "huge"]
        assert h.specialist.most_at_once == 2


async def test_the_slot_that_is_next_for_a_small_task_is_not_kept_empty_while_a_large_one_goes_on(
    dsn: str,
) -> None:
    async with house(dsn, agent(slots=4)) as h, h.worker():
        h.specialist.takes_s = 0.02
        await h.submit(plan("huge", {f"n{i}": "" for i in range(1_000)}))
        small = [f"small{n}" for n in range(4)]
        for task in small:
            await h.submit(plan(task, {"a": "", "b": "a", "c": "b"}))
            await h.until(task, "completed")
        await h.control.cancel("huge", actor="ann")
        await h.until("huge", "cancelled")
        log = await h.log()
        beside = [passed_by(log, task) for task in small]
        # About twenty; over sixty where nobody looks at the line before the next half second.
        assert min(beside) < 50, beside


def passed_by(log: list[Event], task: str) -> int:
    """How many subtasks of others ended in the life of the task."""
    (begun,) = [n for n, e in enumerate(log) if e.fact.task_id == task and e.fact.kind == "task_running"]
    (ended,) = [n for n, e in enumerate(log) if e.fact.task_id == task and e.fact.kind == "task_completed"]
    return sum(e.fact.kind == "subtask_completed" and e.fact.task_id != task for e in log[begun:ended])


async def test_a_worker_that_is_told_to_leave_hands_over_what_does_not_end_in_time(dsn: str) -> None:
    async with house(dsn) as h:
        h.specialist.hold("a")
        async with h.worker("w1", grace_s=0.1):
            await h.submit(plan("t1", {"a": "", "b": "a"}))
            await begun(h, "a")
        task = await h.tasks.get("t1")
        assert (task.status, await h.states("t1")) == ("running", {"a": "ready", "b": "pending"})
        assert h.specialist.cancelled == ["a"]
        h.specialist.let_go("a")
        async with h.worker("w2"):
            await h.until("t1", "completed")
        assert [a.state for a in (await h.looking.task("t1")).attempts] == [
            "unknown",
            "completed",
            "completed",
        ]
