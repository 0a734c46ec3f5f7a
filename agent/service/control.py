"""Cancels a task, and answers what a blocked subtask asks."""

from typing import Literal, assert_never

from agent.store import approvals, progress, tasks
from agent.store.changes import SubtaskChanged, TaskEdited
from agent.store.database import Database
from agent.store.digest import outputs_digest
from agent.store.tx import Tx
from approvals.quorum import ended
from domain.attempt import MAX_ATTEMPTS
from domain.base import JsonObject
from domain.clock import Clock
from domain.errors import WrongStateError
from domain.event import Fact, SubtaskCompleted, SubtaskReady, SubtaskStopped, TaskChanged
from domain.ids import SubtaskId
from domain.subtask import Failure, Progress
from domain.task import Task

ResolveAs = Literal["retry", "skip", "done", "fail"]
"""What a person may say of a subtask at rest: make it again, leave it out, it was done, it failed."""


class Control:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def cancel(self, task_id: str, *, actor: str, reason: str | None = None) -> Task:
        """Store the intent first; a running task is then called off by its runner, any other is cancelled here.

        Harmless to repeat. Raises WrongStateError for a task that has ended otherwise.
        """
        async with self._database.transaction(actor) as tx:
            task = await tasks.locked(tx.connection, task_id)
            match task.status:
                case "cancelling" | "cancelled":
                    return task
                case "running" | "pausing":
                    cancelled = task.to("cancelling", wake_at=self._clock.now(), reason=reason)
                    await tx.advance(task_id)
                case "completed" | "failed":
                    raise WrongStateError(f"task {task_id} is {task.status}; there is nothing left to cancel")
                case (
                    "planning"
                    | "approval_pending"
                    | "planned"
                    | "paused"
                    | "blocked"
                    | "rejected"
                    | "expired"
                ):
                    cancelled = task.to(
                        "cancelled",
                        wake_at=None,
                        needs_review=False,
                        reason=reason,
                        ended_at=self._clock.now(),
                    )
                    await self._withdraw(tx, task_id, reason)
                case other:
                    assert_never(other)
            await tx.record(TaskEdited(cancelled), _cancelled(cancelled, reason))
        return cancelled

    async def _withdraw(self, tx: Tx, task_id: str, reason: str | None) -> None:
        approval = await approvals.pending_of(tx.connection, task_id)
        if approval is not None:
            withdrawn = approval.model_copy(update={"status": "cancelled", "decided_at": self._clock.now()})
            await tx.record(withdrawn, ended(withdrawn, reason or "the task was cancelled"))

    async def resolve(
        self,
        task_id: str,
        subtask_id: str,
        answer: ResolveAs,
        *,
        actor: str,
        outputs: JsonObject | None = None,
    ) -> Task:
        """Answer for a subtask at rest: blocked or failed. The task goes on if it had come to rest over it.

        Raises NotFoundError, or WrongStateError where there is nothing to answer.
        """
        async with self._database.transaction(actor) as tx:
            task = await tasks.locked(tx.connection, task_id)
            standing = await progress.one(tx.connection, task_id, subtask_id)
            if task.ended or standing.state not in {"blocked", "failed"}:
                raise WrongStateError(
                    f"{subtask_id} of task {task_id} ({task.status}) is {standing.state}; "
                    "only a blocked or failed subtask waits for an answer"
                )
            changed, fact = _answered(task_id, standing, answer, actor, outputs)
            await tx.record(changed, fact)
            return await self._go_on(tx, task)

    async def _go_on(self, tx: Tx, task: Task) -> Task:
        now = self._clock.now()
        if task.status != "blocked":
            stirred = task.model_copy(update={"wake_at": now if task.status == "running" else task.wake_at})
            await tx.record(TaskEdited(stirred))
        else:
            stirred = task.to("running", needs_review=False, reason=None, wake_at=now)
            await tx.record(
                TaskEdited(stirred), TaskChanged(kind="task_running", task_id=task.task_id, status="running")
            )
        if stirred.status == "running":
            await tx.advance(task.task_id)
        return stirred


def _cancelled(task: Task, reason: str | None) -> TaskChanged:
    return TaskChanged(
        kind="task_cancelling" if task.status == "cancelling" else "task_cancelled",
        task_id=task.task_id,
        status=task.status,
        reason=reason,
    )


def _answered(
    task_id: str, standing: Progress, answer: ResolveAs, actor: str, outputs: JsonObject | None
) -> tuple[SubtaskChanged, Fact]:
    node = standing.subtask_id
    match answer:
        case "retry":
            allowed = max(standing.attempts_allowed, standing.attempt + MAX_ATTEMPTS)
            return (
                SubtaskChanged(task_id, node, standing.state, "ready", standing.agent, allowed),
                SubtaskReady(task_id=task_id, subtask_id=node, cause="retry"),
            )
        case "done":
            return (
                _settled(task_id, standing, "completed", outputs=outputs or {}),
                _done(task_id, node, outputs or {}),
            )
        case "skip":
            return _settled(task_id, standing, "skipped"), _stopped(task_id, node, "skipped", actor)
        case "fail":
            return _settled(task_id, standing, "failed"), _stopped(task_id, node, "failed", actor)
        case other:
            assert_never(other)


def _settled(
    task_id: str,
    standing: Progress,
    state: Literal["completed", "skipped", "failed"],
    outputs: JsonObject | None = None,
) -> SubtaskChanged:
    error = None if state == "completed" else standing.error
    if state == "failed" and error is None:
        error = Failure(code="GIVEN_UP", message="a person took it for failed", retryable=False)
    return SubtaskChanged(
        task_id,
        standing.subtask_id,
        standing.state,
        state,
        standing.agent,
        standing.attempts_allowed,
        outputs=outputs,
        error=error,
    )


def _done(task_id: str, node: SubtaskId, outputs: JsonObject) -> SubtaskCompleted:
    return SubtaskCompleted(
        task_id=task_id, subtask_id=node, attempt=None, outputs_digest=outputs_digest(outputs)
    )


def _stopped(
    task_id: str, node: SubtaskId, state: Literal["skipped", "failed"], actor: str
) -> SubtaskStopped:
    return SubtaskStopped(
        kind="subtask_skipped" if state == "skipped" else "subtask_failed",
        task_id=task_id,
        subtask_id=node,
        state=state,
        reason=f"said by {actor}",
    )
