"""With a million rows in every large table, what is asked again and again goes by an index."""

import json
import re
from typing import Any

import pytest

from agent.store.pool import connect
from agent.store.queries import queries
from tests.kit.house import house
from tests.kit.plans import agent, gated, plan

MILLION = 1_000_000
LARGE = (
    "task",
    "plan",
    "subtask",
    "edge",
    "progress",
    "attempt",
    "artifact",
    "approval",
    "event",
    "delivery",
)
HOT = (
    *("tasks.task", "tasks.locked_task", "tasks.update_task", "tasks.task_page", "tasks.request_of"),
    *(
        "runs.take",
        "runs.take_at_once",
        "runs.taken_before",
        "runs.take_limited",
        "runs.runs",
        "tasks.tasks_by_id",
    ),
    *("steps.hold", "steps.free_slots", "steps.take_slots", "steps.write"),
    *("progress.progress", "progress.progress_of", "progress.update_progress", "progress.attempts"),
    *("progress.asking", "progress.troubled", "progress.calling", "progress.artifacts"),
    *("plans.plan", "plans.subtasks", "plans.subtask_page", "plans.edges"),
    *("events.head", "events.after", "events.of_task_after", "events.status_history"),
    *("approvals.approval", "approvals.approvals_of", "approvals.pending_approvals"),
    *("workers.orphan_tasks", "workers.changed", "workers.owned", "workers.unticketed", "workers.slot_turns"),
    *("workers.let_go", "workers.wake", "queue.admissible"),
    *("workers.beats", "workers.recall_tasks", "workers.recall_slots", "workers.recall_deliveries"),
    *("pruning.prunable", "pruning.held", "pruning.events_of", "pruning.drop_events"),
    "pruning.drop_tasks",
)


def sequential(node: dict[str, Any]) -> list[str]:
    """Large tables that a plan reads from end to end."""
    found = [sub for child in node.get("Plans", ()) for sub in sequential(child)]
    if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE:
        found.append(node["Relation Name"])
    return found


@pytest.fixture
async def crowded(dsn: str) -> Any:
    """A database whose planner believes that every large table has a million rows."""
    async with house(dsn, agent(slots=1)) as h, h.worker():
        await h.submit(gated(plan("t1", {"a": "", "b": "a"}), "b"))
        await h.approve("t1")
        await h.until("t1", "completed")
    connection = await connect(dsn, name="test")
    await connection.execute(
        "INSERT INTO artifact (task_id, subtask_id, attempt, name, uri, media_type, at) "
        "SELECT task_id, subtask_id, 1, 'n', 'file:n', 'text/plain', now() FROM progress"
    )
    await connection.execute(
        "UPDATE pg_class SET relpages = 1, reltuples = $1 WHERE relkind = 'r' AND relname = ANY ($2)",
        float(MILLION),
        list(LARGE),
    )
    yield connection
    await connection.close()


async def test_no_hot_query_reads_a_large_table_from_end_to_end(crowded: Any) -> None:
    slow = []
    for name in HOT:
        file, query = name.split(".")
        sql = queries(file)[query]
        missing = [None] * max((int(n) for n in re.findall(r"\$(\d+)", sql)), default=0)
        told = await crowded.fetchval(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {sql}", *missing)
        tree = json.loads(told)[0]["Plan"]
        slow += [f"{name} reads all of {table}" for table in sequential(tree)]
    assert slow == []


async def test_the_look_at_plans_sees_a_table_that_is_read_from_end_to_end(crowded: Any) -> None:
    told = await crowded.fetchval("EXPLAIN (FORMAT JSON) SELECT * FROM progress WHERE state = 'running'")
    assert sequential(json.loads(told)[0]["Plan"]) == ["progress"]
