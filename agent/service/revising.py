"""Stores a revision that people had made: what was done stays done, what is new begins, what went leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent.service.planning import Drawn, planned_facts, standing
from agent.store import progress
from agent.store.changes import NewApproval, PlanChanged, Planned, Restood, TaskEdited
from agent.store.tx import Tx
from domain.attempt import MAX_ATTEMPTS
from domain.clock import Clock
from domain.errors import PlanChangedError
from domain.facts.task import PlanRevised, TaskChanged
from domain.ids import SubtaskId
from domain.plan import Plan, Subtask
from domain.principal import Principal
from domain.subtask import Progress, SubtaskState
from domain.task import Task
from planner.diff import diff
from planner.diff_text import summary
from planner.operations import Operation

SETTLED: frozenset[SubtaskState] = frozenset({"running", "completed", "skipped", "cancelled"})
"""States of subtasks that nobody may change any more."""


@dataclass(frozen=True)
class Cause:
    """Who had the plan changed, in what words, and what those came to."""

    kind: Literal["changes", "edit"]
    by: Principal
    operations: tuple[Operation, ...]
    comment: str = ""
    target: SubtaskId | None = None
    understood: tuple[str, ...] = ()


class Revising:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def store(self, tx: Tx, task: Task, was: Plan, drawn: Drawn, cause: Cause) -> Task:
        """In a transaction that holds the task and has done away with its approval.

        Raises PlanChangedError where something that is to be different has begun meanwhile.
        """
        now = self._clock.now()
        standings = await progress.every(tx.connection, task.task_id)
        _refuse_begun(was, drawn.plan, standings)
        stood = tuple(_stands(s, was, standings.get(s.subtask_id), drawn, now) for s in drawn.plan.subtasks)
        revised = revised_task(task, drawn, cause.by, now)
        await tx.record(Planned(drawn.plan, drawn.seal, now, {}, keep=True), _revised(was, drawn, cause))
        await tx.record(_change(was, drawn, cause, now))
        await tx.record(Restood(task.task_id, stood), *planned_facts(drawn, revised, stood))
        await tx.record(TaskEdited(revised), *_resumed(task, revised))
        if drawn.approval is not None and drawn.required is not None:
            await tx.record(NewApproval(drawn.approval), drawn.required)
        if revised.status == "running" or (revised.status == "planned" and revised.under_way):
            await tx.advance(task.task_id, urgency=task.urgency)
        return revised


def revised_task(task: Task, drawn: Drawn, by: Principal, now: datetime) -> Task:
    """The task under its new plan: asked for again where the plan demands it, otherwise free to run."""
    changes: dict[str, object] = {
        "revision": drawn.plan.revision,
        "plan_hash": drawn.seal.plan_hash,
        "authors": task.authored(by),
        "needs_review": False,
        "reason": None,
    }
    again = task.to("planning") if task.status in {"rejected", "expired"} else task
    if drawn.held and drawn.approval is not None:
        changes["wake_at"] = drawn.approval.expires_at
        held = again.status == "approval_pending"
        return again.model_copy(update=changes) if held else again.to("approval_pending", **changes)
    if again.status in {"approval_pending", "planning"}:
        return again.to("planned", **changes, wake_at=now if task.under_way else None)
    if again.status == "blocked":
        return again.to("running", **changes, wake_at=now)
    return again.model_copy(
        update={**changes, "wake_at": now if again.status == "running" else again.wake_at}
    )


def _refuse_begun(was: Plan, now: Plan, standings: Mapping[SubtaskId, Progress]) -> None:
    after = {subtask.subtask_id: subtask for subtask in now.subtasks}
    for subtask in was.subtasks:
        stands = standings.get(subtask.subtask_id)
        if stands is None or stands.state not in SETTLED:
            continue
        other = after.get(subtask.subtask_id)
        if other is None or work_of(other) != work_of(subtask):
            raise PlanChangedError(
                f"{subtask.subtask_id} is {stands.state} by now and can no longer be changed; look at the task again"
            )


def work_of(subtask: Subtask) -> tuple[object, ...]:
    """What is done and by whom; not where it stands in the plan, nor how risky it is."""
    return subtask.title, subtask.objective, subtask.acceptance, subtask.agent, subtask.endpoint, subtask.sla


def _stands(subtask: Subtask, was: Plan, known: Progress | None, drawn: Drawn, now: datetime) -> Progress:
    state, question = standing(subtask, drawn.approval, now)
    if known is None:
        return Progress(subtask_id=subtask.subtask_id, state=state, agent=subtask.agent, question=question)
    if known.state in SETTLED:
        return known
    before = next(s for s in was.subtasks if s.subtask_id == subtask.subtask_id)
    same = work_of(before) == work_of(subtask)
    refused = known.question is not None and known.question.cause == "not_approved"
    if same and known.state in {"blocked", "failed"} and not refused:
        return known
    if state == "pending" and same and known.state != "waiting_approval":
        return known
    again: SubtaskState = "ready" if state == "pending" and known.attempt else state
    allowed = known.attempts_allowed if same else max(known.attempts_allowed, known.attempt + MAX_ATTEMPTS)
    return known.model_copy(
        update={
            "state": again,
            "agent": subtask.agent,
            "question": question,
            "attempts_allowed": allowed,
            "next_at": None,
        }
    )


def _change(was: Plan, drawn: Drawn, cause: Cause, now: datetime) -> PlanChanged:
    return PlanChanged(
        task_id=was.task_id,
        revision=drawn.plan.revision,
        was=was.revision,
        cause=cause.kind,
        by=cause.by.id,
        comment=cause.comment,
        target=cause.target,
        understood=cause.understood,
        operations=tuple(operation.model_dump(mode="json") for operation in cause.operations),
        at=now,
    )


def _revised(was: Plan, drawn: Drawn, cause: Cause) -> PlanRevised:
    return PlanRevised(
        task_id=was.task_id,
        revision=drawn.plan.revision,
        was=was.revision,
        cause=cause.kind,
        by=cause.by.id,
        comment=cause.comment,
        target=cause.target,
        understood=cause.understood,
        diff=summary(diff(was, drawn.plan)),
    )


def _resumed(before: Task, after: Task) -> list[TaskChanged]:
    if before.status == after.status or after.status != "running":
        return []
    return [TaskChanged(kind="task_running", task_id=after.task_id, status="running")]
