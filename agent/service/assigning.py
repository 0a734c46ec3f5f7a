"""Gives a subtask to another agent: a new revision of the plan, judged and sealed like any other."""

from collections.abc import Callable

from agent.service.planning import Drawn, Planning
from agent.store import approvals, progress, tasks
from agent.store.changes import NewApproval, Planned, SubtaskChanged, TaskEdited
from agent.store.database import Database
from agent.store.plans import Plans
from agent.store.tasks import Tasks
from agent.store.tx import Tx
from approvals.quorum import ended
from domain.agent import Agent, Manifest
from domain.attempt import MAX_ATTEMPTS
from domain.clock import Clock
from domain.errors import FieldIssue, LostRaceError, NotFoundError, WrongStateError
from domain.facts.subtask import SubtaskAssigned
from domain.facts.task import TaskChanged
from domain.ids import SubtaskId
from domain.plan import Plan
from domain.principal import Principal
from domain.request import Request
from domain.subtask import Progress, SubtaskState
from domain.task import Task

Amend = Callable[[Request, Plan, SubtaskId, Agent], Plan]

REASSIGNABLE: frozenset[SubtaskState] = frozenset(
    {"pending", "waiting_approval", "ready", "blocked", "failed"}
)
CLOSED = frozenset({"planning", "rejected", "expired", "cancelling"})


class Assigning:
    def __init__(
        self, database: Database, planning: Planning, manifest: Manifest, amend: Amend, clock: Clock
    ) -> None:
        self._database = database
        self._planning = planning
        self._manifest = manifest
        self._amend = amend
        self._clock = clock

    async def assign(self, task_id: str, subtask_id: str, agent_id: str, *, by: Principal) -> Task:
        """Route a subtask by hand. A plan that needs an approval needs a new one: it is another plan now.

        Raises NotFoundError, WrongStateError for a subtask that runs or has ended, PlanInvalidError.
        """
        agent = self._manifest.agent(agent_id)
        if agent is None or agent.status == "disabled":
            raise NotFoundError(f"there is no enabled agent {agent_id!r}; GET /agents lists them")
        while True:
            task = await Tasks(self._database.pool).get(task_id)
            if task.ended or task.status in CLOSED:
                raise WrongStateError(
                    f"task {task_id} is {task.status}; its plan can no longer be changed",
                    fields=[FieldIssue("status", task.status)],
                )
            plan = (await Plans(self._database.pool).get(task_id, task.revision)).open()
            request = await Tasks(self._database.pool).request(task_id)
            amended = self._amend(request, plan, SubtaskId(subtask_id), agent)
            drawn = self._planning.draw(amended, task.requester, task.authored(by))
            try:
                return await self._store(task, drawn, SubtaskId(subtask_id), agent, by)
            except LostRaceError:
                continue

    async def _store(self, seen: Task, drawn: Drawn, node: SubtaskId, agent: Agent, by: Principal) -> Task:
        async with self._database.transaction(by.id) as tx:
            task = await tasks.locked(tx.connection, seen.task_id)
            if task.version != seen.version:
                raise LostRaceError(f"task {task.task_id} was changed by somebody else meanwhile")
            standing = await progress.one(tx.connection, task.task_id, node)
            if standing.state not in REASSIGNABLE:
                raise WrongStateError(
                    f"{node} is {standing.state}; only one at rest can be given to another agent",
                    fields=[FieldIssue("state", standing.state)],
                )
            await self._supersede(tx, task)
            await tx.record(Planned(drawn.plan, drawn.seal, self._clock.now(), {}, keep=True))
            assigned = self._assigned(task, drawn, by)
            changed = _changed(task, standing, drawn, node, agent)
            await tx.record(
                changed,
                SubtaskAssigned(
                    task_id=task.task_id,
                    subtask_id=node,
                    agent=agent.id,
                    revision=drawn.plan.revision,
                    plan_hash=drawn.seal.plan_hash,
                    state=changed.state,
                    status=assigned.status,
                ),
            )
            await tx.record(TaskEdited(assigned), *_resumed(task, assigned))
            if drawn.approval is not None and drawn.required is not None:
                await tx.record(NewApproval(drawn.approval), drawn.required)
            elif assigned.status == "running":
                await tx.advance(task.task_id, urgency=task.urgency)
        return assigned

    async def _supersede(self, tx: Tx, task: Task) -> None:
        approval = await approvals.pending_of(tx.connection, task.task_id)
        if approval is not None:
            old = approval.model_copy(update={"status": "superseded", "decided_at": self._clock.now()})
            await tx.record(old, ended(old, "the plan was changed"))

    def _assigned(self, task: Task, drawn: Drawn, by: Principal) -> Task:
        now = self._clock.now()
        plan = {
            "revision": drawn.plan.revision,
            "plan_hash": drawn.seal.plan_hash,
            "authors": task.authored(by),
        }
        if drawn.approval is not None:
            changes = {**plan, "wake_at": drawn.approval.expires_at}
            if task.status == "approval_pending":
                return task.model_copy(update=changes)
            return task.to("approval_pending", **changes)
        if task.status == "blocked":
            return task.to("running", **plan, needs_review=False, reason=None, wake_at=now)
        if task.status == "approval_pending":
            return task.to("planned", **plan, wake_at=now if task.under_way else None)
        return task.model_copy(update={**plan, "wake_at": now if task.status == "running" else task.wake_at})


def _changed(task: Task, standing: Progress, drawn: Drawn, node: SubtaskId, agent: Agent) -> SubtaskChanged:
    gated = drawn.approval is not None and node in drawn.approval.subtask_ids
    state: SubtaskState = "waiting_approval" if gated else "ready" if standing.attempt else "pending"
    allowed = max(standing.attempts_allowed, standing.attempt + MAX_ATTEMPTS)
    return SubtaskChanged(task.task_id, node, standing.state, state, agent.id, allowed)


def _resumed(before: Task, after: Task) -> list[TaskChanged]:
    if before.status == after.status or after.status != "running":
        return []
    return [TaskChanged(kind="task_running", task_id=after.task_id, status="running")]
