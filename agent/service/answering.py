"""What people say of one subtask: answer it, make it again, leave it out."""

from datetime import datetime
from typing import Literal, assert_never

from agent.service.control import changed, refused
from agent.store import progress, tasks
from agent.store.changes import SubtaskChanged, TaskEdited
from agent.store.database import Database
from agent.store.digest import outputs_digest
from agent.store.tx import Tx
from domain.attempt import MAX_ATTEMPTS
from domain.base import JsonObject
from domain.clock import Clock
from domain.errors import FieldIssue, InvalidInputError, WrongStateError
from domain.event import Fact
from domain.facts.subtask import SubtaskCompleted, SubtaskReady, SubtaskStopped
from domain.facts.task import TaskChanged
from domain.ids import SubtaskId
from domain.subtask import SUBTASK_ARROWS, Failure, Progress
from domain.task import Task

ResolveAs = Literal["retry", "skip", "done", "fail"]
"""What a person may say of a subtask at rest: make it again, leave it out, it was done, it failed."""

GIVEN_UP = Failure(code="GIVEN_UP", message="a person took it for failed", retryable=False)
UNANSWERED = Failure(code="UNANSWERED", message="nobody answered in time", retryable=False)

PLANNED = frozenset({"approval_pending", "planned", "running", "pausing", "paused", "blocked"})
"""Statuses in which a plan stands that may still be run."""


class Answering:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def resolve(
        self,
        task_id: str,
        subtask_id: str,
        answer: ResolveAs,
        *,
        actor: str,
        outputs: JsonObject | None = None,
    ) -> Task:
        """Answer for a subtask that is blocked or failed. The task goes on if it had come to rest over it.

        Raises NotFoundError, WrongStateError where there is nothing to answer, InvalidInputError for an answer
        that the question does not offer.
        """
        async with self._database.transaction(actor) as tx:
            task = await tasks.locked(tx.connection, task_id)
            standing = await progress.one(tx.connection, task_id, subtask_id)
            if task.status not in PLANNED:
                raise refused(task, f"nobody waits for an answer about {subtask_id} any more")
            _refuse_unasked(standing, answer)
            change, fact = _answered(task_id, standing, answer, actor, outputs)
            await tx.record(change, fact)
            return await self._go_on(tx, task)

    async def skip(self, task_id: str, subtask_id: str, *, actor: str) -> Task:
        """Leave a subtask out, whether or not its turn has come; what follows sees it as skipped.

        Raises NotFoundError, WrongStateError for one that runs or has ended.
        """
        async with self._database.transaction(actor) as tx:
            task = await tasks.locked(tx.connection, task_id)
            standing = await progress.one(tx.connection, task_id, subtask_id)
            if task.status not in PLANNED:
                raise refused(task, "nothing in it can be left out any more")
            if standing.state == "skipped":
                return task
            if "skipped" not in SUBTASK_ARROWS[standing.state]:
                raise _out_of_place(standing, "only one at rest that has not ended can be left out")
            change, fact = _answered(task_id, standing, "skip", actor, None)
            await tx.record(change, fact)
            return await self._go_on(tx, task)

    async def give_up(self, task_id: str) -> None:
        """Take for failed what nobody answered in time; nothing happens to what has time left."""
        async with self._database.transaction("clock") as tx:
            task = await tasks.locked(tx.connection, task_id)
            if task.status != "blocked":
                return
            now: datetime = await tx.connection.fetchval("SELECT db_now()")
            asking = await progress.asking(tx.connection, task_id)
            late = [p for p in asking if (deadline := _deadline(p)) is not None and deadline <= now]
            for standing in late:
                await tx.record(
                    _settled(task_id, standing, "failed", UNANSWERED),
                    _stopped(task_id, standing.subtask_id, "failed", "nobody answered in time"),
                )
            left = [deadline for p in asking if (deadline := _deadline(p)) is not None and deadline > now]
            await self._rest(tx, task, min(left, default=None), failed=bool(late))

    async def _rest(self, tx: Tx, task: Task, wake_at: datetime | None, *, failed: bool) -> None:
        if not (failed and task.on_failure == "fail"):
            await tx.record(TaskEdited(task.model_copy(update={"wake_at": wake_at})))
            return
        reason = "nobody answered in time, and on_failure is fail"
        ended = task.to("failed", needs_review=True, reason=reason, wake_at=None, ended_at=self._clock.now())
        told = TaskChanged(
            kind="task_failed", task_id=task.task_id, status="failed", needs_review=True, reason=reason
        )
        await tx.record(TaskEdited(ended), told)

    async def _go_on(self, tx: Tx, task: Task) -> Task:
        now = self._clock.now()
        if task.status == "blocked":
            stirred = task.to("running", needs_review=False, reason=None, wake_at=now)
            await tx.record(TaskEdited(stirred), changed("task_running", stirred))
        else:
            wakes = task.status in {"running", "pausing"} or (task.status == "planned" and task.under_way)
            stirred = task.model_copy(update={"wake_at": now if wakes else task.wake_at})
            facts: list[Fact] = []
            if task.needs_review and not await progress.troubled(tx.connection, task.task_id):
                stirred = stirred.model_copy(update={"needs_review": False, "reason": None})
                facts.append(TaskChanged(kind="task_unflagged", task_id=task.task_id, status=task.status))
            await tx.record(TaskEdited(stirred), *facts)
        if stirred.status == "running":
            await tx.advance(task.task_id, urgency=task.urgency)
        return stirred


def _deadline(standing: Progress) -> datetime | None:
    return standing.question.deadline if standing.question else None


def _refuse_unasked(standing: Progress, answer: ResolveAs) -> None:
    if standing.state not in {"blocked", "failed"} or (standing.state, answer) == ("failed", "fail"):
        raise _out_of_place(standing, "only a blocked or failed subtask waits for an answer")
    offered = [option.id for option in standing.question.options] if standing.question else []
    if standing.question is not None and answer not in offered:
        raise InvalidInputError(
            f"{standing.subtask_id} does not ask whether to {answer}; it asks: {standing.question.required_input}",
            fields=[FieldIssue("answer", f"should be one of {', '.join(offered)}")],
        )


def _out_of_place(standing: Progress, why: str) -> WrongStateError:
    return WrongStateError(
        f"{standing.subtask_id} is {standing.state}; {why}", fields=[FieldIssue("state", standing.state)]
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
            said = _stopped(task_id, node, "skipped", f"said by {actor}")
            return _settled(task_id, standing, "skipped"), said
        case "fail":
            said = _stopped(task_id, node, "failed", f"said by {actor}")
            return _settled(task_id, standing, "failed", GIVEN_UP), said
        case other:
            assert_never(other)


def _settled(
    task_id: str,
    standing: Progress,
    state: Literal["completed", "skipped", "failed"],
    why: Failure | None = None,
    *,
    outputs: JsonObject | None = None,
) -> SubtaskChanged:
    error = None if state == "completed" else standing.error or why
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
    task_id: str, node: SubtaskId, state: Literal["skipped", "failed"], reason: str
) -> SubtaskStopped:
    return SubtaskStopped(
        kind="subtask_skipped" if state == "skipped" else "subtask_failed",
        task_id=task_id,
        subtask_id=node,
        state=state,
        reason=reason,
    )
