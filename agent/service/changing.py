"""Asks for changes: the plan is made anew from what somebody says about it, and asked about anew."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from agent.service.deciding import Deciding, Voice
from agent.service.planning import Planning
from agent.service.revising import SETTLED, Cause, Revising
from agent.store import revisions
from agent.store.approvals import Approvals
from agent.store.plans import Plans
from agent.store.progress import Standings
from agent.store.tasks import Tasks
from agent.store.tx import Tx
from domain.approval import MOST_ROUNDS, Approval
from domain.errors import PlanChangedError, TooManyRoundsError
from domain.ids import AgentId, SubtaskId
from domain.plan import Finding, Plan
from domain.request import Request
from domain.task import Task
from planner.amend import Amended
from planner.diff import asks_the_same


class Amend(Protocol):
    """The plan as a comment wants it. Raises NotFoundError, PlanInvalidError."""

    def __call__(
        self,
        request: Request,
        plan: Plan,
        comment: str,
        *,
        target: SubtaskId | None,
        done: frozenset[SubtaskId],
        numbers: Mapping[AgentId, int],
    ) -> Amended: ...


@dataclass(frozen=True)
class Changed:
    """`revision` came of it, with the approval that was opened for it. Where the comment changes nothing it is the one
    there was, `superseded` is its approval as it stands, and `findings` say what of the comment came to nothing.
    """

    superseded: Approval
    revision: int
    changed: bool = True
    understood: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class _SameError(Exception):
    """Somebody who may ask for changes asked for none: nothing of it is stored."""


class Changing:
    def __init__(self, deciding: Deciding, planning: Planning, revising: Revising, amend: Amend) -> None:
        self._pool = planning.pool
        self._deciding = deciding
        self._planning = planning
        self._revising = revising
        self._amend = amend

    async def change(self, reference: str, voice: Voice, *, target: str | None = None) -> Changed:
        """Supersede an approval by that of a plan made from the voice's reason.

        Whoever is first wins, as with yes and no. A comment that leaves the plan as it is takes nothing from anybody:
        the approval stands, with the votes it has. Raises what `Deciding.decide` and `Amend` raise,
        TooManyRoundsError once a person has to plan.
        """
        asking = replace(voice, answer="changes")
        approval = await Approvals(self._pool).get(reference)
        if approval.status != "pending" or not voice.reason.strip():
            decided = await self._deciding.decide(reference, asking, supersede=_never)
            return Changed(decided, await self._revision_of(decided))
        task = await Tasks(self._pool).get(approval.task_id)
        await self._refuse_tired(task)
        was = (await Plans(self._pool).get(task.task_id, approval.revision)).open()
        amended = await self._amended(task, was, voice.reason, target)
        drawn = self._planning.draw(amended.plan, task.requester, task.authored(voice.by))
        cause = Cause(
            "changes",
            voice.by,
            amended.operations,
            comment=voice.reason,
            target=None if target is None else SubtaskId(target),
            understood=amended.understood,
        )

        async def supersede(tx: Tx, held: Task, old: Approval) -> None:
            if held.plan_hash != old.plan_hash or held.revision != was.revision:
                raise PlanChangedError(f"task {held.task_id} has another plan by now; look at it again")
            if asks_the_same(was, amended.plan):
                raise _SameError
            if await revisions.rounds(tx.connection, held.task_id) >= MOST_ROUNDS:
                raise _tired(held)
            await self._revising.store(tx, held, was, drawn, cause)

        try:
            decided = await self._deciding.decide(reference, asking, supersede=supersede)
        except _SameError:
            return await self._as_it_is(reference, was, amended)
        return Changed(decided, await self._revision_of(decided))

    async def _as_it_is(self, reference: str, was: Plan, amended: Amended) -> Changed:
        stands = await Approvals(self._pool).get(reference)
        known = {(finding.code, finding.message) for finding in was.findings}
        told = tuple(f for f in amended.plan.findings if (f.code, f.message) not in known)
        return Changed(stands, stands.revision, changed=False, understood=amended.understood, findings=told)

    async def _amended(self, task: Task, was: Plan, comment: str, target: str | None) -> Amended:
        pool = self._pool
        standings = await Standings(pool).of(task.task_id)
        request = await Tasks(pool).request(task.task_id)
        amend = partial(
            self._amend,
            request,
            was,
            comment,
            target=None if target is None else SubtaskId(target),
            done=frozenset(p.subtask_id for p in standings if p.state in SETTLED),
            numbers=await Plans(pool).numbers(task.task_id),
        )
        # Aside: it is all computing, and a large plan would keep everybody waiting.
        return await asyncio.to_thread(amend)

    async def _refuse_tired(self, task: Task) -> None:
        if await revisions.rounds(self._pool, task.task_id) >= MOST_ROUNDS:
            raise _tired(task)

    async def _revision_of(self, decided: Approval) -> int:
        """The revision that a superseded approval's task has gone on to."""
        later = [
            r.revision
            for r in await revisions.Revisions(self._pool).of(decided.task_id)
            if r.revision > decided.revision
        ]
        return later[0] if later else decided.revision


def _tired(task: Task) -> TooManyRoundsError:
    return TooManyRoundsError(
        f"changes to the plan of task {task.task_id} were asked for {MOST_ROUNDS} times; now a person plans: "
        f"edit it (POST /tasks/{task.task_id}/plan/edit, or `orchestrator edit`), or reject it"
    )


async def _never(_tx: Tx, task: Task, _approval: Approval) -> None:
    raise PlanChangedError(f"the approval of task {task.task_id} was opened meanwhile; ask again")
