"""Steers whole tasks: cancels, pauses, goes on, puts one before others."""

from typing import Literal, assert_never

from agent.store import approvals, progress, tasks
from agent.store.changes import TaskEdited
from agent.store.database import Database
from agent.store.tx import Tx
from approvals.quorum import ended
from domain.clock import Clock
from domain.errors import FieldIssue, WrongStateError
from domain.facts.task import TaskChanged, TaskPriorityChanged
from domain.request import Priority
from domain.task import Task


class Control:
    """Each order is harmless to repeat, and refused with the state where it makes no sense."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def cancel(self, task_id: str, *, actor: str, reason: str | None = None) -> Task:
        """Store the intent first; where calls are under way its runner then calls them off, else it ends here.

        Raises WrongStateError for a task that has ended otherwise.
        """
        async with self._database.transaction(actor) as tx:
            task = await tasks.locked(tx.connection, task_id)
            match task.status:
                case "cancelling" | "cancelled":
                    return task
                case "completed" | "failed":
                    raise refused(task, "there is nothing left to cancel")
                case "running" | "pausing":
                    called = True
                case (
                    "planning"
                    | "approval_pending"
                    | "planned"
                    | "paused"
                    | "blocked"
                    | "rejected"
                    | "expired"
                ):
                    # A plan may be changed, and asked about anew, while calls of the old one are under way.
                    called = await progress.calling(tx.connection, task_id)
                case other:
                    assert_never(other)
            cancelled = self._cancelled(task, reason, called=called)
            await self._withdraw(tx, task_id, reason)
            if called:
                await tx.advance(task_id, urgency=task.urgency)
            kind: Ordered = "task_cancelling" if cancelled.status == "cancelling" else "task_cancelled"
            await tx.record(TaskEdited(cancelled), changed(kind, cancelled))
        return cancelled

    def _cancelled(self, task: Task, reason: str | None, *, called: bool) -> Task:
        now = self._clock.now()
        if called:
            return task.to("cancelling", wake_at=now, reason=reason)
        return task.to("cancelled", wake_at=None, needs_review=False, reason=reason, ended_at=now)

    async def _withdraw(self, tx: Tx, task_id: str, reason: str | None) -> None:
        approval = await approvals.pending_of(tx.connection, task_id)
        if approval is not None:
            withdrawn = approval.model_copy(update={"status": "cancelled", "decided_at": self._clock.now()})
            await tx.record(withdrawn, ended(withdrawn, reason or "the task was cancelled"))

    async def pause(self, task_id: str, *, actor: str, reason: str | None = None) -> Task:
        """Start nothing more. It is `pausing` while calls are under way, `paused` once none is.

        Raises WrongStateError for a task that neither runs nor is about to.
        """
        async with self._database.transaction(actor) as tx:
            task = await tasks.locked(tx.connection, task_id)
            if task.status in {"pausing", "paused"}:
                return task
            if task.status == "running":
                paused = task.to("pausing", wake_at=self._clock.now(), reason=reason)
                await tx.advance(task_id, urgency=task.urgency)
            elif task.status == "planned" and task.under_way:
                paused = task.to("paused", wake_at=None, reason=reason)
            else:
                raise refused(task, "only what runs can be paused")
            kind: Ordered = "task_pausing" if paused.status == "pausing" else "task_paused"
            await tx.record(TaskEdited(paused), changed(kind, paused))
        return paused

    async def unpause(self, task_id: str, *, actor: str) -> Task:
        """Go on where it was paused, or do not pause after all.

        Raises WrongStateError for a task that is not paused.
        """
        async with self._database.transaction(actor) as tx:
            task = await tasks.locked(tx.connection, task_id)
            if task.status == "running":
                return task
            if task.status not in {"pausing", "paused"}:
                raise refused(task, "only a paused task can go on")
            now = self._clock.now()
            going = task.to("running", wake_at=now, reason=None, started_at=task.started_at or now)
            await tx.record(TaskEdited(going), changed("task_running", going))
            await tx.advance(task_id, urgency=task.urgency)
        return going

    async def prioritise(self, task_id: str, priority: Priority, *, actor: str) -> Task:
        """From now on its work goes before, or after, that of others.

        Raises WrongStateError for a task that has ended.
        """
        async with self._database.transaction(actor) as tx:
            task = await tasks.locked(tx.connection, task_id)
            if task.priority == priority:
                return task
            if task.ended:
                raise refused(task, "its priority means nothing any more")
            moved = task.model_copy(update={"priority": priority})
            await tx.record(TaskEdited(moved), TaskPriorityChanged(task_id=task_id, priority=priority))
            await tasks.set_turn(tx.connection, moved)
            if task.status in {"planned", "running"} and task.under_way:
                # Its old ticket lies where the old priority put it; whichever is taken first counts.
                await tx.advance(task_id, urgency=moved.urgency)
        return moved


def refused(task: Task, why: str) -> WrongStateError:
    """An order that makes no sense in this state, with the state."""
    return WrongStateError(
        f"task {task.task_id} is {task.status}; {why}", fields=[FieldIssue("status", task.status)]
    )


Ordered = Literal["task_cancelling", "task_cancelled", "task_pausing", "task_paused", "task_running"]


def changed(kind: Ordered, task: Task) -> TaskChanged:
    """What the log says of a task that somebody has put into another status."""
    return TaskChanged(
        kind=kind,
        task_id=task.task_id,
        status=task.status,
        needs_review=task.needs_review,
        reason=task.reason,
    )
