"""Tasks in the database."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from agent.store.changes import Submitted, TaskEdited
from agent.store.queries import queries
from agent.store.rows import Connection, Pool, Row
from domain.errors import NotFoundError
from domain.request import PRIORITIES, PRIORITY_RANK, Request
from domain.task import Task, TaskStatus

_SQL = queries("tasks")


class Place(NamedTuple):
    """Where a page of tasks ended."""

    created_at: datetime
    task_id: str


def read(row: Row) -> Task:
    return Task.trusted(
        task_id=row["task_id"],
        title=row["title"],
        priority=PRIORITIES[row["priority"]],
        requester=row["requester"],
        authors=tuple(row["authors"]),
        request_digest=row["request_digest"],
        status=row["status"],
        needs_review=row["needs_review"],
        execute=row["execute"],
        on_failure=row["on_failure"],
        mode=row["mode"],
        wave_limit=row["wave_limit"],
        checkpoints=tuple(row["checkpoints"]),
        revision=row["revision"],
        plan_hash=row["plan_hash"],
        version=row["version"],
        epoch=row["epoch"],
        wake_at=row["wake_at"],
        reason=row["reason"],
        callback_url=row["callback_url"],
        due_at=row["due_at"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
    )


async def insert(connection: Connection, new: Submitted) -> bool:
    task = new.task
    done = await connection.execute(
        _SQL["insert_task"],
        task.task_id,
        task.title,
        new.request,
        task.request_digest,
        PRIORITY_RANK[task.priority],
        task.requester,
        task.callback_url,
        task.execute,
        task.on_failure,
        task.status,
        task.wake_at,
        task.due_at,
        task.created_at,
        list(task.authors),
    )
    if done == "INSERT 0 1" and new.given is not None:
        await connection.execute(_SQL["insert_given"], task.task_id, new.given)
    return done == "INSERT 0 1"


class Edited(NamedTuple):
    """`owned`: a runner has the task, and does not know yet."""

    owned: bool


async def update(connection: Connection, edited: TaskEdited) -> Edited | None:
    """None where it was changed by somebody else meanwhile."""
    task = edited.task
    row = await connection.fetchrow(
        _SQL["update_task"],
        task.task_id,
        task.version,
        task.status,
        task.needs_review,
        task.reason,
        task.mode,
        task.wave_limit,
        list(task.checkpoints),
        task.revision,
        task.plan_hash,
        task.wake_at,
        task.started_at,
        task.ended_at,
        PRIORITY_RANK[task.priority],
        list(task.authors),
    )
    if task.status in {"cancelled", "paused", "pausing", "cancelling"}:
        await connection.execute(_SQL["leave_line"], [task.task_id])
    if task.status == "cancelled":
        await connection.execute(_SQL["cancel_rest"], [task.task_id])
    return None if row is None else Edited(owned=row["owner"] is not None)


async def set_turn(connection: Connection, task: Task) -> None:
    """Put its subtasks that wait for slots where its priority belongs."""
    await connection.execute(_SQL["set_turn"], task.task_id, PRIORITY_RANK[task.priority])


async def locked(connection: Connection, task_id: str) -> Task:
    """The task, held until the transaction ends. Raises NotFoundError."""
    row = await connection.fetchrow(_SQL["locked_task"], task_id)
    if row is None:
        raise _unknown(task_id)
    return read(row)


def _unknown(task_id: str) -> NotFoundError:
    return NotFoundError(f"there is no task {task_id!r}; GET /tasks lists those there are")


class Tasks:
    """Reading tasks."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, task_id: str) -> Task | None:
        row = await self._pool.fetchrow(_SQL["task"], task_id)
        return None if row is None else read(row)

    async def get(self, task_id: str) -> Task:
        """Raises NotFoundError."""
        if (task := await self.find(task_id)) is None:
            raise _unknown(task_id)
        return task

    async def these(self, task_ids: Collection[str]) -> dict[str, Task]:
        """Those of them that there are, by their ids."""
        rows = await self._pool.fetch(_SQL["tasks_by_id"], list(task_ids))
        return {row["task_id"]: read(row) for row in rows}

    async def request(self, task_id: str) -> Request:
        """What was submitted under this id. Raises NotFoundError."""
        if (text := await self._pool.fetchval(_SQL["request_of"], task_id)) is None:
            raise _unknown(task_id)
        return Request.model_validate_json(text)

    async def given(self, task_id: str) -> str | None:
        """The plan that came along with the request, as JSON."""
        plan: str | None = await self._pool.fetchval(_SQL["given_of"], task_id)
        return plan

    async def page(
        self,
        *,
        statuses: list[TaskStatus] | None = None,
        requester: str | None = None,
        needs_review: bool | None = None,
        after: Place | None = None,
        limit: int = 50,
    ) -> list[Task]:
        """Newest first."""
        rows = await self._pool.fetch(
            _SQL["task_page"],
            statuses,
            requester,
            needs_review,
            after.created_at if after else None,
            after.task_id if after else None,
            limit,
        )
        return [read(row) for row in rows]

    async def standing(self) -> tuple[int, int]:
        """How many tasks have neither ended nor been refused, and how many tickets wait."""
        row = await self._pool.fetchrow(_SQL["standing"])
        return (0, 0) if row is None else (row["active"], row["queued"])
