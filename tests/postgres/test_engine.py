import asyncio
from datetime import timedelta

import pytest

from agent.service.deciding import Voice
from agent.service.executing import Order
from domain.agent import AgentState
from domain.attempt import Unsuccessful
from domain.errors import (
    AgentUnavailableError,
    ApprovalExpiredError,
    ApprovalPendingError,
    ApprovalRejectedError,
    InvalidInputError,
    WrongStateError,
)
from domain.principal import Principal
from domain.subtask import Failure
from tests.kit.house import SOON, house
from tests.kit.plans import agent, gated, node, plan, plan_of, subtask
from tests.kit.specialist import failure

UNKNOWN = Unsuccessful(outcome="unknown", error=Failure(code="LOST", message="the connection broke"))


async def test_a_plan_runs_in_the_order_of_its_edges(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await h.submit(plan("t1", {"a": "", "b": "a", "c": "a", "d": "b c"}))
        await h.until("t1", "completed")
        order = [a.brief.subtask_id.rsplit("::", 1)[1] for a in h.specialist.asked]
        assert order[0] == "a"
        assert set(order[1:3]) == {"b", "c"}
        assert order[3] == "d"
        assert await h.states("t1") == dict.fromkeys("abcd", "completed")


async def test_an_agent_is_told_what_its_predecessors_left(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await h.submit(plan("t1", {"a": "", "b": "a"}))
        await h.until("t1", "completed")
        assert h.specialist.asked[1].brief.inputs == {node("t1", "a"): {"from": "a"}}


async def test_what_it_consumes_comes_from_further_back_than_its_predecessors(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await h.submit(
            plan_of(
                "t1",
                subtask("t1", "a", produces=("from",)),
                subtask("t1", "b", "a", ordinal=1, produces=("nothing",)),
                subtask("t1", "c", "b", ordinal=2, consumes=("from",)),
            )
        )
        await h.until("t1", "completed")
        inputs = h.specialist.asked[2].brief.inputs
        assert inputs == {node("t1", "b"): {"from": "b"}, "from": "a"}


async def test_a_failed_attempt_is_made_again_and_the_third_failure_is_for_people(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.script("a", failure(), failure(), failure("third time"))
        await h.submit(plan("t1", {"a": "", "b": "a", "c": ""}))
        task = await h.until("t1", "blocked")
        assert task.needs_review
        assert h.specialist.calls_of("a") == 3
        assert await h.states("t1") == {"a": "failed", "b": "pending", "c": "completed"}
        view = await h.looking.task("t1")
        assert [a.state for a in view.attempts if a.subtask_id == node("t1", "a")] == ["failed"] * 3


async def test_a_back_off_holds_no_worker(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.script("a", failure())
        await h.submit(plan("t1", {"a": ""}))
        task = await h.until("t1", "completed")
        assert task.epoch >= 2, "it was let go of, and taken again"


async def test_a_failure_that_trying_again_cannot_mend_is_not_tried_again(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.script("a", failure(retryable=False))
        await h.submit(plan("t1", {"a": ""}))
        await h.until("t1", "blocked")
        assert h.specialist.calls_of("a") == 1


async def test_on_failure_fail_ends_the_task_at_once_and_calls_off_the_rest(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.script("a", failure(retryable=False))
        h.specialist.hold("b")
        await h.submit(plan("t1", {"a": "", "b": ""}), on_failure="fail")
        await h.until("t1", "failed")
        assert h.specialist.cancelled == ["b"]
        assert await h.states("t1") == {"a": "failed", "b": "cancelled"}


async def test_an_unknown_outcome_of_a_tool_that_may_not_be_repeated_is_a_question(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.script("a", UNKNOWN)
        await h.submit(plan("t1", {"a": "", "b": "a"}, effect="external", idempotent=False))
        await h.until("t1", "blocked")
        view = await h.looking.task("t1")
        question = view.subtasks[0].question
        assert question is not None
        assert question.cause == "unknown_outcome"
        assert [o.id for o in question.options if o.recommended] == ["done"]
        await h.answering.resolve("t1", node("t1", "a"), "done", actor="ann", outputs={"seen": True})
        await h.until("t1", "completed")
        assert h.specialist.calls_of("a") == 1
        assert h.specialist.asked[-1].brief.inputs == {node("t1", "a"): {"seen": True}}


async def test_an_unknown_outcome_of_a_tool_that_may_be_repeated_is_repeated_under_the_same_key(
    dsn: str,
) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.script("a", UNKNOWN)
        await h.submit(plan("t1", {"a": ""}, effect="write", idempotent=True))
        await h.until("t1", "completed")
        first, second = h.specialist.asked
        assert (first.key, first.attempt, second.attempt) == (second.key, 1, 2)


async def test_an_attempt_that_outlasts_its_sla_is_cancelled_and_made_again(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.hold("a")
        await h.submit(plan("t1", {"a": ""}, timeout_s=0.1))
        async with asyncio.timeout(SOON):
            while "a" not in h.specialist.cancelled:
                await asyncio.sleep(0.01)
        h.specialist.let_go("a")
        await h.until("t1", "completed")
        states = [a.state for a in (await h.looking.task("t1")).attempts]
        assert states[0] == "timed_out"
        assert states[-1] == "completed"


async def test_a_skipped_subtask_lets_its_successors_go_on(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.script("a", failure(retryable=False))
        await h.submit(plan("t1", {"a": "", "b": "a"}))
        await h.until("t1", "blocked")
        await h.answering.resolve("t1", node("t1", "a"), "skip", actor="ann")
        await h.until("t1", "completed")
        assert await h.states("t1") == {"a": "skipped", "b": "completed"}


async def test_a_person_may_grant_three_more_attempts(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.script("a", *(failure() for _ in range(3)))
        await h.submit(plan("t1", {"a": ""}))
        await h.until("t1", "blocked")
        await h.answering.resolve("t1", node("t1", "a"), "retry", actor="ann")
        await h.until("t1", "completed")
        assert h.specialist.calls_of("a") == 4


async def test_an_agent_never_does_more_at_once_than_its_limit(dsn: str) -> None:
    async with house(dsn, agent(slots=2)) as h, h.worker("w1"), h.worker("w2"):
        h.specialist.takes_s = 0.02
        for task in ("t1", "t2", "t3"):
            await h.submit(plan(task, {"a": "", "b": "", "c": ""}))
        for task in ("t1", "t2", "t3"):
            await h.until(task, "completed")
        assert h.specialist.most_at_once == 2
        assert len(h.specialist.asked) == 9
        assert await h.database.pool.fetchval("SELECT count(*) FROM slot WHERE task_id IS NOT NULL") == 0
        assert await h.database.pool.fetchval("SELECT count(*) FROM slot_wait") == 0


async def test_a_task_that_waits_for_a_slot_holds_no_worker(dsn: str) -> None:
    async with house(dsn, agent(slots=1)) as h, h.worker():
        h.specialist.hold("a")
        await h.submit(plan("t1", {"a": ""}))
        async with asyncio.timeout(SOON):
            await h.specialist.begun["a"].wait()
        await h.submit(plan("t2", {"b": ""}))
        await h.until("t2", "running")
        assert await h.states("t2") == {"b": "ready"}
        h.specialist.let_go("a")
        await h.until("t2", "completed")


async def test_the_more_urgent_task_gets_the_next_slot(dsn: str) -> None:
    async with house(dsn, agent(slots=1)) as h, h.worker():
        h.specialist.hold("a")
        await h.submit(plan("t1", {"a": ""}))
        async with asyncio.timeout(SOON):
            await h.specialist.begun["a"].wait()
        await h.submit(plan("t2", {"b": ""}), priority="low")
        await h.until("t2", "running")
        await h.submit(plan("t3", {"c": ""}), priority="critical")
        await h.until("t3", "running")
        h.specialist.let_go("a")
        await h.until("t2", "completed")
        await h.until("t3", "completed")
        assert [a.brief.title for a in h.specialist.asked] == ["do a", "do c", "do b"]


async def test_manual_mode_runs_one_wave_a_call(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await h.submit(plan("t1", {"a": "", "b": "a", "c": "a", "d": "b c"}), execute=False)
        await h.execute("t1", Order(mode="manual"))
        await h.until("t1", "paused")
        assert await h.states("t1") == {"a": "completed", "b": "pending", "c": "pending", "d": "pending"}
        await h.execute("t1", Order(mode="manual"))
        await h.until("t1", "paused")
        assert (await h.states("t1"))["d"] == "pending"
        await h.execute("t1")
        await h.until("t1", "completed")


async def test_a_checkpoint_pauses_after_its_subtask(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await h.submit(plan("t1", {"a": "", "b": "a", "c": "b"}), execute=False)
        await h.execute("t1", Order(checkpoints=(node("t1", "b"),)))
        await h.until("t1", "paused")
        assert await h.states("t1") == {"a": "completed", "b": "completed", "c": "pending"}
        await h.execute("t1")
        await h.until("t1", "completed")


async def test_a_checkpoint_that_is_no_subtask_is_refused(dsn: str) -> None:
    async with house(dsn) as h:
        await h.submit(plan("t1", {"a": ""}), execute=False)
        with pytest.raises(InvalidInputError) as refused:
            await h.execute("t1", Order(checkpoints=(node("t1", "z"),)))
        assert refused.value.fields[0].path == "checkpoints[0]"


async def test_cancelling_calls_off_what_runs_and_drops_the_rest(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.hold("a")
        await h.submit(plan("t1", {"a": "", "b": "a"}))
        async with asyncio.timeout(SOON):
            await h.specialist.begun["a"].wait()
        await h.control.cancel("t1", actor="ann")
        await h.until("t1", "cancelled")
        assert h.specialist.cancelled == ["a"]
        assert await h.states("t1") == {"a": "cancelled", "b": "cancelled"}
        assert (await h.control.cancel("t1", actor="ann")).status == "cancelled"


async def test_a_gated_plan_does_not_run_before_its_approval_and_not_by_it_alone(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await h.submit(gated(plan("t1", {"a": "", "b": "a"}), "b"), execute=False)
        assert (await h.tasks.get("t1")).status == "approval_pending"
        with pytest.raises(ApprovalPendingError):
            await h.execute("t1")
        await h.approve("t1")
        assert (await h.tasks.get("t1")).status == "planned"
        assert h.specialist.asked == []
        await h.execute("t1")
        await h.until("t1", "completed")


async def test_a_plan_submitted_with_execute_runs_once_it_is_approved(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await h.submit(gated(plan("t1", {"a": ""}), "a"))
        assert await h.states("t1") == {"a": "waiting_approval"}
        await h.approve("t1")
        await h.until("t1", "completed")


async def test_an_approval_nobody_decides_expires_by_itself(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await h.submit(gated(plan("t1", {"a": ""}), "a"))
        await h.database.pool.execute("UPDATE clock SET ahead = $1", timedelta(hours=1))
        await h.until("t1", "expired")
        with pytest.raises(ApprovalExpiredError):
            await h.execute("t1")


async def test_a_rejected_plan_never_runs(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await h.submit(gated(plan("t1", {"a": ""}), "a"))
        approval = (await h.looking.task("t1")).approvals[0]
        await h.deciding.decide(
            approval.code, Voice(Principal.claimed("ann", "tech_lead"), "reject", "no rollback")
        )
        task = await h.until("t1", "rejected")
        assert task.reason == "no rollback"
        with pytest.raises(ApprovalRejectedError):
            await h.execute("t1")


async def test_a_plan_whose_stored_text_was_changed_is_not_run(dsn: str) -> None:
    async with house(dsn) as h:
        await h.submit(plan("t1", {"a": "", "b": "a"}))
        await h.database.pool.execute(
            "UPDATE subtask SET spec = replace(spec, 'do b', 'do evil') WHERE ordinal = 1"
        )
        async with h.worker():
            await h.until("t1", "blocked")
        assert await h.states("t1") == {"a": "completed", "b": "blocked"}
        assert h.specialist.calls_of("b") == 0


async def test_a_plan_whose_digest_was_changed_is_not_run_at_all(dsn: str) -> None:
    async with house(dsn) as h:
        await h.submit(plan("t1", {"a": ""}))
        await h.database.pool.execute("UPDATE subtask SET digest = $1", "0" * 64)
        async with h.worker():
            task = await h.until("t1", "blocked")
        assert "sealed" in (task.reason or "")
        assert h.specialist.asked == []


async def test_nothing_runs_where_no_agent_can_be_reached_and_people_are_called(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.states["worker"] = AgentState(agent="worker", health="unhealthy", reason="no model")
        await h.submit(plan("t1", {"a": ""}), execute=False)
        with pytest.raises(AgentUnavailableError) as refused:
            await h.execute("t1")
        assert "no model" in refused.value.fields[0].issue
        assert await h.states("t1") == {"a": "blocked"}
        assert "agent_unavailable" in [e.fact.kind for e in await h.log()]
        h.specialist.states.clear()
        await h.execute("t1")
        await h.until("t1", "completed")


async def test_a_subtask_at_rest_can_be_given_to_another_agent(dsn: str) -> None:
    async with house(dsn, agent("worker"), agent("other")) as h, h.worker():
        h.specialist.script("a", failure(retryable=False))
        await h.submit(plan("t1", {"a": "", "b": "a"}))
        before = await h.until("t1", "blocked")
        await h.assigning.assign("t1", node("t1", "a"), "other", by=Principal.claimed("ann"))
        after = await h.until("t1", "completed")
        assert [a.agent for a in h.specialist.asked] == ["worker", "other", "worker"]
        assert (before.revision, after.revision) == (1, 2)
        assert before.plan_hash != after.plan_hash


async def test_a_gated_plan_that_is_changed_needs_a_new_approval(dsn: str) -> None:
    async with house(dsn, agent("worker"), agent("other")) as h, h.worker():
        await h.submit(gated(plan("t1", {"a": ""}), "a"))
        first = (await h.looking.task("t1")).approvals[0]
        await h.assigning.assign("t1", node("t1", "a"), "other", by=Principal.claimed("ann"))
        view = await h.looking.task("t1")
        assert [a.status for a in view.approvals] == ["superseded", "pending"]
        assert view.approvals[1].plan_hash != first.plan_hash
        await h.approve("t1")
        await h.until("t1", "completed")
        assert h.specialist.asked[0].agent == "other"


async def test_only_what_rests_can_be_answered(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        await h.submit(plan("t1", {"a": ""}))
        await h.until("t1", "completed")
        with pytest.raises(WrongStateError):
            await h.answering.resolve("t1", node("t1", "a"), "retry", actor="ann")
