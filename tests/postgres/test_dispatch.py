"""What was approved is what runs: whatever of it is changed in the database between the yes and the dispatch."""

import asyncio
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pytest

from domain.attempt import Unsuccessful
from domain.errors import ApprovalExpiredError
from domain.facts.subtask import SubtaskStopped
from domain.facts.task import TaskChanged
from domain.plan import Plan, Subtask
from domain.subtask import Failure
from domain.verdict import Demand
from tests.kit.house import SOON, House, house
from tests.kit.plans import DEMAND, gated, node, plan

ANOTHER: Final = "'" + "f" * 64 + "'"

WHY: Final = re.compile(
    "sealed|match its digest|find out who changed|nobody was asked|was rejected|was not begun by then"
)
"""What the log says of each."""

PARTLY: Final = Demand(roles=("tech_lead",), ttl_s=600, scope="subtask")

KEYS: Final = "a key: a row elsewhere is a row that is gone, and rows that are gone are tried"
TOLD: Final = "about the asking; nothing that runs is read from it, and the hash says which plan it was about"

NOT_THE_PLAN: Final = {
    **{f"{table}.{key}": KEYS for table in ("plan", "subtask", "edge", "approval") for key in ("task_id", "revision")},
    "plan.created_at": "when, not what",
    **{f"approval.{name}": TOLD for name in ("approval_id", "code", "requester", "authors", "requested_at", "decided_at")},
}  # fmt: skip
"""Columns of the tables of an approved plan that do not say what runs, and why."""

CHANGED: Final = {
    "plan.plan_hash": ANOTHER,
    "plan.planner": "'model'",
    "plan.level": "'low'",
    "plan.header": "header || ' '",
    "subtask.ordinal": "ordinal + 7",
    "subtask.subtask_id": "subtask_id || 'x'",
    "subtask.agent": "'another'",
    "subtask.digest": ANOTHER,
    "subtask.spec": "spec || ' '",
    "edge.subtask_id": "'worker::x::c'",
    "edge.depends_on": "'worker::x::c'",
    "edge.kind": "'explicit'",
    "edge.reason": "reason || '!'",
    "approval.plan_hash": ANOTHER,
    "approval.level": "'low'",
    "approval.demand": """demand || '{"ttl_s": 1}'""",
    "approval.subtask_ids": "'{}'",
    "approval.status": "'rejected'",
    "approval.expires_at": "requested_at + interval '1 us'",
}
"""Another value for every other column."""

WHOLE_ROWS: Final = (
    "DELETE FROM subtask WHERE task_id = $1 AND ordinal = 1",
    "DELETE FROM edge WHERE task_id = $1",
    "DELETE FROM progress WHERE task_id = $1 AND ordinal = 1",
    "DELETE FROM approval WHERE task_id = $1",
    (
        "INSERT INTO subtask SELECT task_id, revision, 2, subtask_id || 'x', agent, digest, spec FROM subtask "
        "WHERE task_id = $1 AND ordinal = 1"
    ),
    "INSERT INTO edge SELECT task_id, revision, depends_on, subtask_id, kind, reason FROM edge WHERE task_id = $1",
    "UPDATE task SET plan_hash = " + ANOTHER + " WHERE task_id = $1",
    "UPDATE task SET revision = 2 WHERE task_id = $1",
    """UPDATE task SET request = replace(request, '"test"', '"evil"') WHERE task_id = $1""",
    "UPDATE task SET request = '{' WHERE task_id = $1",
    "DELETE FROM plan WHERE task_id = $1",
)


class Change(NamedTuple):
    """What somebody does behind the service's back, and how it is told when it has failed."""

    sql: str
    field: str | None = None
    """The field of a stored text that becomes another, where it is not the SQL alone that says so."""


async def changes(pool: Any) -> list[Change]:
    """Every column of the tables, every field of the stored texts, and whole rows."""
    tables = ("plan", "subtask", "edge", "approval")
    rows = await pool.fetch(
        "SELECT table_name || '.' || column_name AS name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = ANY ($1)",
        list(tables),
    )
    columns = {row["name"] for row in rows}
    assert columns == CHANGED.keys() | NOT_THE_PLAN.keys()
    return [*_of_columns(), *_of_texts(), *map(Change, WHOLE_ROWS)]


def _of_columns() -> Iterator[Change]:
    for name, value in CHANGED.items():
        table, column = name.split(".")
        only = " AND ordinal = 1" if table == "subtask" else ""
        yield Change(f"UPDATE {table} SET {column} = {value} WHERE task_id = $1{only}")


def _of_texts() -> Iterator[Change]:
    for name in Plan.model_fields.keys() - {"subtasks"}:
        yield Change("UPDATE plan SET header = $2 WHERE task_id = $1", name)
    for name in Subtask.model_fields:
        yield Change("UPDATE subtask SET spec = $2 WHERE task_id = $1 AND ordinal = 1", name)
    for name in ("agent", "endpoint", "gated"):
        # And so that the row agrees with itself.
        yield Change("UPDATE subtask SET spec = $2, digest = $3 WHERE task_id = $1 AND ordinal = 1", name)


def _other(text: str, field: str) -> str:
    """The text with something else in that field."""
    told = json.loads(text)
    told[field] = [told[field], "changed"]
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


async def apply(pool: Any, task: str, change: Change) -> None:
    if change.field is None:
        await pool.execute(change.sql, task)
        return
    column = "header FROM plan" if "header" in change.sql else "spec FROM subtask"
    last = "" if "header" in change.sql else " AND ordinal = 1"
    text = _other(await pool.fetchval(f"SELECT {column} WHERE task_id = $1{last}", task), change.field)
    digest = [hashlib.sha256(text.encode()).hexdigest()] if "$3" in change.sql else []
    await pool.execute(change.sql, task, text, *digest)


async def test_whatever_is_changed_between_the_yes_and_the_dispatch_is_not_dispatched(dsn: str) -> None:
    async with house(dsn) as h:
        tried = {f"t{number}": change for number, change in enumerate(await changes(h.database.pool))}
        for task in ("as-approved", *tried):
            await approved(h, task)
        await h.database.pool.execute("CREATE TABLE was AS SELECT task_id, plan_hash FROM task")
        for task, change in tried.items():
            await apply(h.database.pool, task, change)
        async with h.worker():
            await h.until("as-approved", "completed")
            ended = [await h.until(task, "blocked", "completed") for task in tried]
        dispatched = {a.brief.subtask_id for a in h.specialist.asked}
        reasons = await reasons_of_blocking(h)
        for task in ended:
            change = tried[task.task_id]
            assert (task.status, task.needs_review) == ("blocked", True), change
            assert node(task.task_id, "b") not in dispatched, change
            assert any(WHY.search(told) for told in reasons[task.task_id]), (change, reasons[task.task_id])
        assert node("as-approved", "b") in dispatched
        await put_back(h)


async def approved(h: House, task: str, demand: Demand = DEMAND, *, execute: bool = True) -> None:
    await h.submit(gated(plan(task, {"a": "", "b": "a"}), "b", demand=demand), execute=execute)
    await h.approve(task)


async def begun(h: House) -> None:
    async with asyncio.timeout(SOON):
        await h.specialist.begun["a"].wait()


async def reasons_of_blocking(h: House) -> dict[str, set[str]]:
    """By task: what every fact gives for a reason that says that something was blocked."""
    found: dict[str, set[str]] = defaultdict(set)
    for fact in (event.fact for event in await h.log()):
        if isinstance(fact, TaskChanged | SubtaskStopped) and fact.kind in {
            "task_blocked",
            "subtask_blocked",
        }:
            found[fact.task_id].add(fact.reason or "")
    return found


async def put_back(h: House) -> None:
    """What the log tells of, as it was."""
    await h.database.pool.execute("UPDATE approval SET status = 'approved'")
    await h.database.pool.execute(
        "UPDATE task SET revision = 1, plan_hash = was.plan_hash FROM was WHERE was.task_id = task.task_id"
    )


PAST = "UPDATE approval SET requested_at = requested_at - interval '1 day', expires_at = db_now()"


async def test_a_yes_that_ran_out_before_the_plan_was_begun_begins_nothing(dsn: str) -> None:
    async with house(dsn) as h:
        await approved(h, "by-itself")
        await approved(h, "by-hand", execute=False)
        await h.database.pool.execute(PAST)
        async with h.worker():
            task = await h.until("by-itself", "blocked")
            assert "was not begun by then" in (task.reason or "")
            with pytest.raises(ApprovalExpiredError, match="edit the plan"):
                await h.execute("by-hand")
            with pytest.raises(ApprovalExpiredError):
                await h.execute("by-itself")
        assert h.specialist.asked == []


async def test_what_was_begun_in_time_goes_on_after_the_expiry(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.hold("a")
        await approved(h, "t1")
        await begun(h)
        await h.database.pool.execute(PAST)
        h.specialist.let_go("a")
        await h.until("t1", "completed")


async def test_a_yes_that_is_gone_stops_the_next_dispatch_of_a_plan_that_runs(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.hold("a")
        await approved(h, "t1")
        await begun(h)
        await h.database.pool.execute("UPDATE approval SET status = 'rejected'")
        h.specialist.let_go("a")
        task = await h.until("t1", "blocked")
        assert "was rejected" in (task.reason or "")
        assert await h.states("t1") == {"a": "completed", "b": "pending"}
        await h.database.pool.execute("UPDATE approval SET status = 'approved'")


async def test_a_risky_part_whose_yes_ran_out_while_the_rest_ran_asks(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.hold("a")
        await approved(h, "t1", PARTLY)
        await begun(h)
        await h.database.pool.execute(PAST)
        h.specialist.let_go("a")
        await h.until("t1", "blocked")
        (a, b) = (await h.looking.task("t1")).subtasks
        assert (a.state, b.state) == ("completed", "blocked")
        assert b.question is not None
        assert (b.question.cause, b.question.deadline is None) == ("not_approved", False)
        assert "was not begun by then" in b.question.required_input


async def test_a_yes_that_does_not_cover_the_risky_part_does_not_free_it(dsn: str) -> None:
    async with house(dsn) as h:
        await approved(h, "t1", PARTLY)
        await h.database.pool.execute("UPDATE approval SET subtask_ids = '{}'")
        async with h.worker():
            await h.until("t1", "blocked")
        assert await h.states("t1") == {"a": "completed", "b": "blocked"}


BEYOND = Unsuccessful(
    outcome="deviated",
    error=Failure(code="DEVIATION", message="agent worker asks for git.push", retryable=False),
)


async def test_a_deviation_stops_its_subtask_and_asks_while_the_rest_runs(dsn: str) -> None:
    async with house(dsn) as h, h.worker():
        h.specialist.script("a", BEYOND)
        await h.submit(plan("t1", {"a": "", "after": "a", "beside": ""}))
        task = await h.until("t1", "blocked")
        assert task.needs_review
        assert await h.states("t1") == {"a": "blocked", "after": "pending", "beside": "completed"}
        question = (await h.looking.task("t1")).subtasks[0].question
        assert question is not None
        assert question.cause == "deviation"
        assert "git.push" in question.required_input
        assert [option.id for option in question.options if option.recommended] == ["fail"]
        assert question.deadline is not None
        assert "taken for failed" in question.if_you_do_nothing
        (told,) = [e.fact for e in await h.log() if e.fact.kind == "subtask_blocked"]
        assert isinstance(told, SubtaskStopped)
        assert (told.error, told.question) == (BEYOND.error, question)
        assert h.specialist.calls_of("a") == 1, "nothing is tried again without a word"
        await h.answering.resolve("t1", node("t1", "a"), "retry", actor="ann")
        await h.until("t1", "completed")
