"""Holds the stored state columns against what the events alone say."""

from typing import Any

import asyncpg

from agent.store.events import read
from agent.store.pool import speak_json
from agent.store.queries import queries
from agent.store.queue import read as read_queue
from domain.fold import Fold
from domain.request import PRIORITY_RANK


async def folded(connection: Any) -> Fold:
    """All that the log says."""
    fold = Fold()
    for row in await connection.fetch("SELECT * FROM event ORDER BY seq"):
        fold.apply(read(row))
    return fold


async def differences_of(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    await speak_json(connection)
    return await differences(connection, await folded(connection))


async def differences(connection: Any, fold: Fold) -> list[str]:
    """Every stored state that does not follow from the log."""
    found = []
    for row in await connection.fetch(
        "SELECT task_id, status, needs_review, revision, plan_hash, priority FROM task"
    ):
        view = fold.tasks[row["task_id"]]
        told = (view.status, view.needs_review, view.revision, view.plan_hash, PRIORITY_RANK[view.priority])
        stored = (row["status"], row["needs_review"], row["revision"], row["plan_hash"], row["priority"])
        if told != stored:
            found.append(f"task {row['task_id']}: log {told}, stored {stored}")
    for row in await connection.fetch("SELECT task_id, subtask_id, state, attempt, agent FROM progress"):
        subtask = fold.tasks[row["task_id"]].subtasks[row["subtask_id"]]
        told = (subtask.state, subtask.attempt, subtask.agent)
        if told != (row["state"], row["attempt"], row["agent"]):
            found.append(f"{row['subtask_id']}: log {told}, stored {tuple(row.values())[2:]}")
    for row in await connection.fetch("SELECT task_id, subtask_id, number, state FROM attempt"):
        told_state = fold.tasks[row["task_id"]].attempts.get((row["subtask_id"], row["number"]))
        if told_state != row["state"]:
            found.append(
                f"{row['subtask_id']} attempt {row['number']}: log {told_state}, stored {row['state']}"
            )
    for row in await connection.fetch("SELECT approval_id, status FROM approval"):
        if fold.approvals.get(str(row["approval_id"])) != row["status"]:
            found.append(f"approval {row['approval_id']}: stored {row['status']}")
    for row in await connection.fetch("SELECT agent, health FROM agent WHERE health <> 'unknown'"):
        if fold.health.get(row["agent"]) != row["health"]:
            found.append(f"agent {row['agent']}: stored {row['health']}")
    stored_queue = read_queue(await connection.fetchrow(queries("queue")["settings"]))
    if fold.queue != stored_queue:
        found.append(f"queue: log {fold.queue}, stored {stored_queue}")
    return found + await _warrants(connection, fold)


async def _warrants(connection: Any, fold: Fold) -> list[str]:
    rows = await connection.fetch(
        "SELECT delegation_id AS id, revoked_at FROM delegation"
        " UNION ALL SELECT preapproval_id, revoked_at FROM preapproval"
    )
    return [
        f"warrant {row['id']}: stored revoked_at {row['revoked_at']}"
        for row in rows
        if fold.warrants.get(str(row["id"])) != (row["revoked_at"] is None)
    ]
