"""Asking for changes: one winner, the rest told; what was done stays done; every state follows from the log."""

import asyncio
from collections import Counter

import pytest

from agent.service.deciding import Voice
from domain.approval import MOST_ROUNDS, Answer
from domain.errors import (
    AlreadyDecidedError,
    ApprovalExpiredError,
    ForbiddenError,
    InvalidInputError,
    PlanChangedError,
    TooManyRoundsError,
)
from domain.facts.task import PlanRevised
from domain.principal import Principal
from planner.operations import Drop
from tests.kit.house import House, house
from tests.kit.plans import gated, node, plan
from tests.kit.specialist import failure

ANN = Voice(Principal.claimed("ann", "tech_lead"), "changes", "also tell the customers")


async def pending(h: House, task: str) -> str:
    return next(a.code for a in (await h.looking.task(task)).approvals if a.status == "pending")


async def test_changes_give_the_next_revision_its_diff_a_new_hash_and_a_new_approval(dsn: str) -> None:
    async with house(dsn) as h:
        await h.submit(gated(plan("t1", {"a": "", "b": "a"}), "b"), execute=False)
        code = await pending(h, "t1")
        before = await h.tasks.get("t1")
        changed = await h.changing.change(code, ANN)
        task = await h.looking.task("t1")
        assert (changed.superseded.status, changed.revision) == ("superseded", 2)
        assert [(v.approver, v.answer) for v in changed.superseded.votes] == [("ann", "changes")]
        assert task.status == "approval_pending"
        assert task.plan is not None
        assert task.plan.plan_hash != before.plan_hash
        assert [(a.status, a.revision) for a in task.approvals] == [("superseded", 1), ("pending", 2)]
        assert task.approvals[1].plan_hash == task.plan.plan_hash
        view = await h.comparing.diff("t1", 1, 2)
        assert view.diff.constraints_added == (ANN.reason,)
        (first, second) = (await h.comparing.revisions("t1")).plans
        assert (first.cause, second.cause, second.by, second.comment) == (None, "changes", "ann", ANN.reason)
        (fact,) = [e.fact for e in await h.log() if isinstance(e.fact, PlanRevised)]
        assert (fact.was, fact.revision, fact.by, fact.understood) == (1, 2, "ann", second.understood)


async def test_saying_the_same_again_is_saying_it_once_and_anything_else_comes_too_late(dsn: str) -> None:
    async with house(dsn) as h:
        await h.submit(gated(plan("t1", {"a": ""}), "a"), execute=False)
        code = await pending(h, "t1")
        first, again = await h.changing.change(code, ANN), await h.changing.change(code, ANN)
        assert (first.revision, again.revision) == (2, 2)
        assert len((await h.comparing.revisions("t1")).plans) == 2
        for answer in ("approve", "reject"):
            with pytest.raises(AlreadyDecidedError, match="superseded"):
                await h.deciding.decide(code, Voice(Principal.claimed("bob", "tech_lead"), answer, "late"))  # type: ignore[arg-type]
        with pytest.raises(AlreadyDecidedError, match="superseded"):
            await h.changing.change(
                code, Voice(Principal.claimed("bob", "tech_lead"), "changes", "something else")
            )


async def test_of_those_who_approve_reject_expire_and_ask_at_once_one_wins_and_all_are_told(dsn: str) -> None:
    """The others begin once the plan that would come instead is made: the race is for the approval itself."""
    async with house(dsn) as h:
        tally: Counter[str] = Counter()
        made: dict[str, asyncio.Event] = {}
        h.reworded = lambda task: made[task].set()

        async def told(saying: object) -> str:
            try:
                result = await saying  # type: ignore[misc]
            except AlreadyDecidedError as error:
                return error.message.rsplit(" ", 1)[1]
            except ApprovalExpiredError:
                return "expired"
            return "" if result is None else getattr(result, "superseded", result).status

        async def contest(number: int, first: int | None = None) -> None:
            task = f"t{number}"
            await h.submit(gated(plan(task, {"a": ""}), "a"), execute=False)
            code = await pending(h, task)
            if number % 4 == 0:
                await h.database.pool.execute(
                    "UPDATE approval SET requested_at = requested_at - interval '1 hour',"
                    " expires_at = db_now() + interval '4 ms' WHERE task_id = $1",
                    task,
                )
            ready = made.setdefault(task, asyncio.Event())

            async def decides(answer: Answer) -> str:
                await ready.wait()
                return await told(
                    h.deciding.decide(code, Voice(Principal.claimed(f"{answer}r", "tech_lead"), answer, "so"))
                )

            async def asks() -> str:
                heard = await told(h.changing.change(code, ANN))
                ready.set()
                return heard

            sides = [
                asks(),
                decides("approve"),
                decides("reject"),
                told(h.deciding.expire(task)),
            ]
            if first is not None:
                ready.set()
            before = set() if first is None else {await sides.pop(first)}
            turned = sides[number % 4 :] + sides[: number % 4]
            heard = (before | set(await asyncio.gather(*turned))) - {""}
            stored = (await h.looking.task(task)).approvals[0].status
            assert heard == {stored}
            tally[stored] += 1

        for start in range(0, 48, 16):
            await asyncio.gather(*(contest(n) for n in range(start, start + 16)))
        for number, first in ((49, 0), (50, 1), (51, 2)):
            await contest(number, first)
        assert sum(tally.values()) == 51
        assert min(tally["superseded"], tally["approved"], tally["rejected"]) > 0


async def test_after_five_rounds_a_person_plans(dsn: str) -> None:
    async with house(dsn) as h:
        await h.submit(gated(plan("t1", {"a": ""}), "a"), execute=False)
        for number in range(MOST_ROUNDS):
            await h.changing.change(
                await pending(h, "t1"),
                Voice(Principal.claimed("ann", "tech_lead"), "changes", f"more {number}"),
            )
        with pytest.raises(TooManyRoundsError, match=r"a person plans: edit it .* or reject it"):
            await h.changing.change(await pending(h, "t1"), ANN)
        assert (await h.tasks.get("t1")).revision == MOST_ROUNDS + 1


async def test_who_may_not_decide_may_not_ask_and_what_is_asked_must_be_said_about_this_plan(
    dsn: str,
) -> None:
    async with house(dsn) as h:
        await h.submit(gated(plan("t1", {"a": ""}), "a"), execute=False, metadata={"requester": "ann"})
        code = await pending(h, "t1")
        with pytest.raises(ForbiddenError, match="ann asked for task t1"):
            await h.changing.change(code, ANN)
        with pytest.raises(ForbiddenError, match="'intern'"):
            await h.changing.change(code, Voice(Principal.claimed("bob", "intern"), "changes", "more"))
        with pytest.raises(InvalidInputError, match="what should be different"):
            await h.changing.change(code, Voice(Principal.claimed("bob", "tech_lead"), "changes", "  "))
        with pytest.raises(PlanChangedError):
            await h.changing.change(
                code, Voice(Principal.claimed("bob", "tech_lead"), "changes", "more", seen_hash="0" * 64)
            )
        assert await pending(h, "t1") == code


async def test_what_was_done_before_a_change_stays_done_and_the_changed_plan_runs_to_its_end(
    dsn: str,
) -> None:
    """The plan was given to another agent on the way, so it waits for a yes in the middle of its run."""
    async with house(dsn) as h, h.worker():
        await h.submit(gated(plan("t1", {"a": "", "b": "a"}), "b"))
        await h.approve("t1")
        await h.until("t1", "completed")
        done = [a.number for a in await h.standings.attempts("t1")]
        assert done == [1, 1]
        await h.submit(gated(plan("t2", {"a": "", "b": "a"}), "b"))
        await h.changing.change(await pending(h, "t2"), ANN)
        await h.approve("t2")
        task = await h.until("t2", "completed")
        assert task.revision == 2


async def test_an_edit_in_the_middle_of_a_run_keeps_what_was_done_and_frees_the_rest(dsn: str) -> None:
    """`b` is stuck; dropping it lets the plan end."""
    async with house(dsn) as h, h.worker():
        h.specialist.script("b", failure(retryable=False))
        await h.submit(plan("t1", {"a": "", "b": "a", "c": "b"}))
        await h.until("t1", "blocked")
        edited = (
            await h.editing.edit("t1", [Drop(subtask_id=node("t1", "b"))], by=Principal.claimed("ann"))
        ).task
        assert (edited.status, edited.revision) == ("running", 2)
        await h.until("t1", "completed")
        assert await h.states("t1") == {"a": "completed", "c": "completed"}
        assert [a.number for a in await h.standings.attempts("t1") if a.subtask_id == node("t1", "a")] == [1]


async def test_after_an_edit_by_a_person_the_rounds_are_counted_anew(dsn: str) -> None:
    async with house(dsn) as h:
        await h.submit(gated(plan("t1", {"a": "", "b": "a"}), "a"), execute=False)
        for number in range(MOST_ROUNDS):
            more = Voice(Principal.claimed("ann", "tech_lead"), "changes", f"more {number}")
            await h.changing.change(await pending(h, "t1"), more)
        await h.editing.edit("t1", [Drop(subtask_id=node("t1", "b"))], by=Principal.claimed("ann"))
        assert (await h.changing.change(await pending(h, "t1"), ANN)).revision == MOST_ROUNDS + 3
