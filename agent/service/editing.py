"""Edits a plan by hand: operations in, the next revision out, judged, sealed and asked about like any other."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple, Protocol

from agent.service.planning import Drawn, Planning
from agent.service.revising import SETTLED, Cause, Revising
from agent.store import approvals, tasks
from agent.store.approvals import Approvals
from agent.store.database import Database
from agent.store.plans import Plans
from agent.store.progress import Standings
from agent.store.tasks import Tasks
from agent.store.tx import Tx
from approvals.quorum import ended
from domain.clock import Clock
from domain.errors import FieldIssue, LostRaceError, PlanChangedError, WrongStateError
from domain.ids import AgentId, SubtaskId
from domain.plan import Plan
from domain.principal import Principal
from domain.request import Request
from domain.task import Task, TaskStatus
from planner.diff import asks_the_same
from planner.operations import Operation

CLOSED: Final[frozenset[TaskStatus]] = frozenset({"planning", "cancelling"})


class Edit(Protocol):
    """The plan after these operations. Raises NotFoundError, InvalidInputError, PlanInvalidError."""

    def __call__(
        self,
        request: Request,
        plan: Plan,
        operations: Sequence[Operation],
        *,
        done: frozenset[SubtaskId],
        numbers: Mapping[AgentId, int],
    ) -> Plan: ...


class Edited(NamedTuple):
    """`changed`: whether another plan came of it."""

    task: Task
    changed: bool


class Editing:
    def __init__(
        self, database: Database, planning: Planning, revising: Revising, edit: Edit, clock: Clock
    ) -> None:
        self._database = database
        self._planning = planning
        self._revising = revising
        self._edit = edit
        self._clock = clock

    async def edit(
        self,
        task_id: str,
        operations: Sequence[Operation],
        *,
        by: Principal,
        seen_hash: str | None = None,
        why: str = "",
    ) -> Edited:
        """Store the edited plan; an approval of the one before it is superseded.

        Where nothing would be different, nothing is, as long as what people were asked of the plan, or said, still
        counts: asking them anew about the same would only take it from them.

        Raises what `Edit` raises, WrongStateError for a task that has ended or is being planned,
        PlanChangedError where the plan is not the one that was seen.
        """
        while True:
            task = await Tasks(self._database.pool).get(task_id)
            _refuse_closed(task, seen_hash)
            was = (await Plans(self._database.pool).get(task_id, task.revision)).open()
            drawn = await self._drawn(task, was, operations, by)
            if asks_the_same(was, drawn.plan) and await self._still_counts(task, was):
                return Edited(task, changed=False)
            cause = Cause("edit", by, tuple(operations), comment=why)
            try:
                async with self._database.transaction(by.id) as tx:
                    return Edited(await self._store(tx, task, was, drawn, cause), changed=True)
            except LostRaceError:
                continue

    async def _still_counts(self, task: Task, was: Plan) -> bool:
        asked = await Approvals(self._database.pool).of(task.task_id)
        approval = next((a for a in reversed(asked) if a.plan_hash == task.plan_hash), None)
        if approval is None:
            return was.verdict.demand is None
        in_time = self._clock.now() < approval.expires_at
        begun = approval.status == "approved" and task.started_at is not None
        return approval.status in {"pending", "approved"} and (in_time or begun)

    async def _drawn(self, task: Task, was: Plan, operations: Sequence[Operation], by: Principal) -> Drawn:
        pool = self._database.pool
        standings = await Standings(pool).of(task.task_id)
        request = await Tasks(pool).request(task.task_id)
        edit = partial(
            self._edit,
            request,
            was,
            operations,
            done=frozenset(p.subtask_id for p in standings if p.state in SETTLED),
            numbers=await Plans(pool).numbers(task.task_id),
        )
        # Aside: it is all computing, and a large plan would keep everybody waiting.
        return self._planning.draw(await asyncio.to_thread(edit), task.requester, task.authored(by))

    async def _store(self, tx: Tx, seen: Task, was: Plan, drawn: Drawn, cause: Cause) -> Task:
        task = await tasks.locked(tx.connection, seen.task_id)
        if task.version != seen.version:
            raise LostRaceError(f"task {task.task_id} was changed by somebody else meanwhile")
        pending = await approvals.pending_of(tx.connection, task.task_id)
        if pending is not None:
            old = pending.model_copy(update={"status": "superseded", "decided_at": self._clock.now()})
            await tx.record(old, ended(old, "the plan was edited"))
        return await self._revising.store(tx, task, was, drawn, cause)


def _refuse_closed(task: Task, seen_hash: str | None) -> None:
    if task.ended or task.status in CLOSED:
        raise WrongStateError(
            f"task {task.task_id} is {task.status}; its plan cannot be edited",
            fields=[FieldIssue("status", task.status)],
        )
    if seen_hash is not None and seen_hash != task.plan_hash:
        raise PlanChangedError(
            f"task {task.task_id} has plan {task.plan_hash} by now, not {seen_hash}; look at it again"
        )
