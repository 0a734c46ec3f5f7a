"""How subtasks stand, in the database."""

from typing import Any

from agent.store.changes import SubtaskChanged
from agent.store.queries import queries
from agent.store.rows import Connection, Pool, Row
from domain.attempt import Artifact, Attempt
from domain.errors import NotFoundError
from domain.ids import SubtaskId
from domain.subtask import SUBTASK_ENDS, Failure, Progress, Question

_SQL = queries("progress")


def _failure(value: Any) -> Failure | None:
    return None if value is None else Failure.model_validate(value)


def read(row: Row) -> Progress:
    question = row["question"]
    return Progress(
        subtask_id=row["subtask_id"],
        state=row["state"],
        attempt=row["attempt"],
        attempts_allowed=row["attempts_allowed"],
        agent=row["agent"],
        next_at=row["next_at"],
        outputs=row["outputs"] or {},
        error=_failure(row["error"]),
        question=None if question is None else Question.model_validate(question),
        started_at=row["started_at"],
        ended_at=row["ended_at"],
    )


def read_attempt(row: Row) -> Attempt:
    return Attempt(
        task_id=row["task_id"],
        subtask_id=row["subtask_id"],
        number=row["number"],
        epoch=row["epoch"],
        agent=row["agent"],
        key=row["key"],
        state=row["state"],
        started_at=row["started_at"],
        deadline=row["deadline"],
        ended_at=row["ended_at"],
        error=_failure(row["error"]),
        cost_usd=row["cost_usd"],
    )


async def update(connection: Connection, changed: SubtaskChanged) -> bool:
    await connection.execute(_SQL["free_slot"], changed.task_id, changed.subtask_id)
    await connection.execute(_SQL["leave_line"], changed.task_id, changed.subtask_id)
    done = await connection.execute(
        _SQL["update_progress"],
        changed.task_id,
        changed.subtask_id,
        changed.was,
        changed.state,
        changed.attempts_allowed,
        changed.agent,
        changed.next_at,
        changed.outputs,
        changed.error,
        changed.question,
        None if changed.state not in SUBTASK_ENDS else await connection.fetchval("SELECT db_now()"),
    )
    return done == "UPDATE 1"


async def one(connection: Connection, task_id: str, subtask_id: str) -> Progress:
    """Within a transaction that holds the task. Raises NotFoundError."""
    row = await connection.fetchrow(_SQL["progress_of"], task_id, subtask_id)
    if row is None:
        raise NotFoundError(
            f"task {task_id!r} has no subtask {subtask_id!r}; GET /tasks/{task_id} lists them"
        )
    return read(row)


async def asking(connection: Connection, task_id: str) -> list[Progress]:
    """The subtasks that wait for an answer."""
    return [read(row) for row in await connection.fetch(_SQL["asking"], task_id)]


async def troubled(connection: Connection, task_id: str) -> bool:
    """Whether something in it failed, or asks for an answer."""
    found: bool = await connection.fetchval(_SQL["troubled"], task_id)
    return found


async def calling(connection: Connection, task_id: str) -> bool:
    """Whether calls of it are under way."""
    found: bool = await connection.fetchval(_SQL["calling"], task_id)
    return found


async def every(connection: Connection, task_id: str) -> dict[SubtaskId, Progress]:
    """Within a transaction that holds the task."""
    return {row["subtask_id"]: read(row) for row in await connection.fetch(_SQL["progress"], task_id)}


class Standings:
    """Reading how subtasks stand, what was tried, and what was left behind."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, task_id: str) -> list[Progress]:
        return [read(row) for row in await self.rows(task_id)]

    async def rows(self, task_id: str) -> list[Row]:
        """The same, yet to be read."""
        return await self._pool.fetch(_SQL["progress"], task_id)

    async def attempts(self, task_id: str) -> list[Attempt]:
        return [read_attempt(row) for row in await self.attempt_rows(task_id)]

    async def attempt_rows(self, task_id: str) -> list[Row]:
        """The same, yet to be read."""
        return await self._pool.fetch(_SQL["attempts"], task_id)

    async def orphans(self, task_id: str) -> list[Attempt]:
        """Attempts whose owner is gone."""
        return [read_attempt(row) for row in await self._pool.fetch(_SQL["orphans"], task_id)]

    async def artifacts(self, task_id: str) -> list[tuple[SubtaskId, Artifact]]:
        rows = await self._pool.fetch(_SQL["artifacts"], task_id)
        return [
            (
                row["subtask_id"],
                Artifact(
                    name=row["name"],
                    uri=row["uri"],
                    media_type=row["media_type"],
                    size=row["size"],
                    digest=row["digest"],
                ),
            )
            for row in rows
        ]
