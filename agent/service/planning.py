"""Makes the plan of a submitted task and stores it, with the approval that it needs."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from agent.apart import apart
from agent.engine import questions
from agent.service.ports import DrawsGiven, Planner
from agent.store import tasks
from agent.store.changes import NewApproval, Planned, TaskEdited
from agent.store.database import Database
from agent.store.plans import Plans
from agent.store.runs import LARGE
from agent.store.tasks import Tasks
from agent.store.tx import Tx
from approvals.gate import open_approval
from approvals.seal import Seal, seal
from domain.approval import Approval
from domain.clock import Clock
from domain.errors import PlanInvalidError
from domain.event import Fact
from domain.facts.agent import AgentUnavailable
from domain.facts.approval import ApprovalRequired
from domain.facts.subtask import SubtaskPlanned
from domain.facts.task import TaskChanged, TaskPlanned
from domain.given import GivenPlan
from domain.ids import AgentId, ApprovalId, SubtaskId
from domain.piecewise import read_plan
from domain.plan import Plan, Subtask
from domain.request import Request
from domain.subtask import Progress, Question, SubtaskState
from domain.task import Task

PLANNING_TAKES: Final = timedelta(seconds=60)
"""How long whoever plans has, before another is asked to."""

READY: Final = 8
"""Plans that were drawn to be checked, and wait to be stored."""

Standing = tuple[SubtaskState, Question | None]


@dataclass(frozen=True)
class Drawn:
    """A plan ready to be stored."""

    plan: Plan
    seal: Seal
    approval: Approval | None
    required: ApprovalRequired | None

    @property
    def held(self) -> bool:
        """Whether all of it waits for people, not only what is gated."""
        return self.approval is not None and self.approval.demand.holds_all


def _refuse_given(request: Request, given: GivenPlan, **_more: object) -> Plan:
    raise PlanInvalidError(
        f"task {request.task_id} brings a plan of {len(given.subtasks)} subtasks, and nobody here reads such plans"
    )


class Planning:
    """Planning happens outside of any transaction; whoever is first to store a plan has made it."""

    def __init__(
        self,
        database: Database,
        planner: Planner,
        clock: Clock,
        new_id: Callable[[], UUID],
        *,
        given: DrawsGiven = _refuse_given,
    ) -> None:
        self._database = database
        self.pool = database.pool
        self._planner = planner
        self._clock = clock
        self._new_id = new_id
        self._given = given
        self._ready: OrderedDict[str, Plan] = OrderedDict()

    async def check(self, request: Request, given: GivenPlan) -> None:
        """Draw a given plan before anything is stored of it. Raises PlanInvalidError with every finding.

        Whoever plans the task next in this process finds it drawn; a few of those that nobody came for are kept.
        """
        drawn = await apart(partial(self._given, request, given, revision=1, numbers={}))
        self._ready[request.task_id] = drawn
        while len(self._ready) > READY:
            self._ready.popitem(last=False)

    async def plan(self, task_id: str) -> None:
        """Plan a task that is still `planning`; nothing happens to one that is not."""
        task = await Tasks(self._database.pool).get(task_id)
        if task.status != "planning":
            return
        request = await Tasks(self._database.pool).request(task_id)
        numbers = await Plans(self._database.pool).numbers(task_id)
        given = await self._brought(task)
        try:
            if given is None:
                plan = await self._planner.plan(request, revision=task.revision + 1, numbers=numbers)
                drawn = self.draw(plan, task.requester, task.authors)
            else:
                # Ten thousand subtasks take seconds to route, judge and seal; the loop has others to serve.
                drawn = await apart(partial(self._draw_given, task, request, given, numbers))
                plan = drawn.plan
        except PlanInvalidError as error:
            await self._fail(task_id, error)
            return
        async with self._database.transaction("planner") as tx:
            stored = await tasks.locked(tx.connection, task_id)
            if stored.status == "planning" and stored.revision < plan.revision:
                await self._store(tx, stored, drawn)

    async def _brought(self, task: Task) -> Plan | str | None:
        """The plan that came along: drawn already, or the text of it."""
        ready = self._ready.pop(task.task_id, None)
        if ready is not None and not task.revision:
            return ready
        return await Tasks(self._database.pool).given(task.task_id)

    def _draw_given(
        self, task: Task, request: Request, given: Plan | str, numbers: Mapping[AgentId, int]
    ) -> Drawn:
        if isinstance(given, str):
            given = self._given(request, read_plan(given), revision=task.revision + 1, numbers=numbers)
        return self.draw(given, task.requester, task.authors)

    def draw(self, plan: Plan, requester: str | None, authors: tuple[str, ...] = ()) -> Drawn:
        """Seal a plan and open the approval that its verdict demands; its authors will not decide on it."""
        sealed = seal(plan)
        opened = open_approval(
            plan,
            sealed.plan_hash,
            requester,
            now=self._clock.now(),
            approval_id=ApprovalId(self._new_id()),
            authors=authors,
        )
        return Drawn(plan, sealed, opened.approval if opened else None, opened.required if opened else None)

    async def _store(self, tx: Tx, task: Task, drawn: Drawn) -> None:
        now = self._clock.now()
        planned = task.to(
            "approval_pending" if drawn.held else "planned",
            revision=drawn.plan.revision,
            plan_hash=drawn.seal.plan_hash,
            needs_review=False,
            wake_at=_wakes(task, drawn, now),
        )
        large = len(drawn.plan.subtasks) >= LARGE
        states, facts = (
            await apart(partial(_stood, drawn, planned, now)) if large else _stood(drawn, planned, now)
        )
        await tx.record(Planned(drawn.plan, drawn.seal, now, states), *facts)
        await tx.record(TaskEdited(planned))
        if drawn.approval is not None and drawn.required is not None:
            await tx.record(NewApproval(drawn.approval), drawn.required)
        if planned.status == "planned" and planned.under_way:
            await tx.advance(task.task_id, urgency=task.urgency)

    async def _fail(self, task_id: str, error: PlanInvalidError) -> None:
        async with self._database.transaction("planner") as tx:
            task = await tasks.locked(tx.connection, task_id)
            if task.status != "planning":
                return
            failed = task.to(
                "failed", needs_review=True, reason=error.message, wake_at=None, ended_at=self._clock.now()
            )
            await tx.record(
                TaskEdited(failed),
                TaskChanged(
                    kind="task_failed",
                    task_id=task_id,
                    status="failed",
                    needs_review=True,
                    reason=error.message,
                ),
            )


def _stood(drawn: Drawn, task: Task, now: datetime) -> tuple[dict[SubtaskId, Standing], list[Fact]]:
    """Where everything in a new plan stands, and the facts of it."""
    states = {s.subtask_id: standing(s, drawn.approval, now) for s in drawn.plan.subtasks}
    stood = [
        Progress(subtask_id=node, state=state, question=question)
        for node, (state, question) in states.items()
    ]
    return states, list(planned_facts(drawn, task, stood))


def standing(subtask: Subtask, approval: Approval | None, now: datetime) -> Standing:
    """Where a subtask stands once its plan is stored."""
    if subtask.agent is None:
        return "blocked", questions.unassigned(subtask.title, now)
    if approval is not None and subtask.subtask_id in approval.subtask_ids:
        return "waiting_approval", None
    return "pending", None


def _wakes(task: Task, drawn: Drawn, now: datetime) -> datetime | None:
    if drawn.approval is not None and (drawn.held or not task.under_way):
        return drawn.approval.expires_at
    return now if task.under_way else None


def planned_facts(drawn: Drawn, task: Task, stood: Sequence[Progress]) -> Iterator[Fact]:
    """That this plan is the task's from now on, and where each of its subtasks stands."""
    plan, known = drawn.plan, {standing.subtask_id: standing for standing in stood}
    yield TaskPlanned(
        task_id=plan.task_id,
        revision=plan.revision,
        plan_hash=drawn.seal.plan_hash,
        planner=plan.planner,
        degraded_reason=plan.degraded_reason,
        drafting=plan.drafting,
        level=plan.verdict.level,
        status=task.status,
        subtasks=len(plan.subtasks),
    )
    for subtask in plan.subtasks:
        stands = known[subtask.subtask_id]
        yield SubtaskPlanned(
            task_id=plan.task_id,
            subtask_id=subtask.subtask_id,
            revision=plan.revision,
            title=subtask.title,
            agent=stands.agent or subtask.agent,
            depends_on=tuple(edge.on for edge in subtask.depends_on),
            state=stands.state,
            attempt=stands.attempt,
            question=stands.question,
        )
        if stands.question is not None and stands.question.cause == "unassigned":
            yield AgentUnavailable(
                task_id=plan.task_id,
                subtask_id=subtask.subtask_id,
                agent=None,
                reason=stands.question.required_input,
            )
