"""Sets a planned task going, or a resting one going again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from agent.engine import questions
from agent.engine.frontier import Frontier
from agent.service.blocking import blocked
from agent.service.health import HealthBoard
from agent.store import tasks
from agent.store.approvals import Approvals
from agent.store.changes import SubtaskChanged, TaskEdited
from agent.store.database import Database
from agent.store.plans import Plans
from agent.store.progress import Standings
from agent.store.tasks import Tasks
from agent.store.tx import Tx
from approvals.gate import refuse_stale
from domain.agent import AgentState
from domain.clock import Clock
from domain.errors import (
    AgentUnavailableError,
    ApprovalExpiredError,
    ApprovalPendingError,
    ApprovalRejectedError,
    FieldIssue,
    InvalidInputError,
    WrongStateError,
)
from domain.facts.agent import AgentUnavailable
from domain.facts.subtask import SubtaskReady
from domain.facts.task import TaskChanged
from domain.ids import AgentId, SubtaskId
from domain.subtask import Progress
from domain.task import ExecutionMode, Task


@dataclass(frozen=True)
class Order:
    """How a task is to run: all of it, or one wave a call; and after which subtasks to pause."""

    mode: ExecutionMode = "auto"
    checkpoints: tuple[SubtaskId, ...] = ()


class Executing:
    def __init__(
        self,
        database: Database,
        board: HealthBoard,
        clock: Clock,
        carrier: Callable[[], Mapping[str, str]],
    ) -> None:
        self._carrier = carrier
        self._database = database
        self._board = board
        self._clock = clock

    async def execute(self, task_id: str, order: Order, *, actor: str) -> Task:
        """Start a planned task, or go on with one that is paused or blocked. Harmless to repeat while it runs.

        Raises ApprovalPendingError, ApprovalRejectedError, ApprovalExpiredError, WrongStateError (of a plan
        without subtasks as well), InvalidInputError for an unknown checkpoint, AgentUnavailableError where no agent of what could run
        now can be reached.
        """
        task = await Tasks(self._database.pool).get(task_id)
        refuse_unless_planned(task)
        if task.status == "running":
            return task
        if task.started_at is None:
            await self._refuse_stale(task)
        standings = {p.subtask_id: p for p in await Standings(self._database.pool).of(task_id)}
        _refuse_empty(task, standings)
        _refuse_unknown(order, standings)
        waiting = await self._waiting(task, standings)
        states = await self._board.look({p.agent for p in waiting if p.agent is not None})
        reachable = [p for p in waiting if p.agent is not None and states[p.agent].dispatchable]
        if waiting and not reachable:
            await self._block(task, waiting, states, actor)
            raise _unavailable(task, waiting, states)
        return await self._start(task, order, reachable, actor)

    async def _refuse_stale(self, task: Task) -> None:
        """What was approved is begun before its approval's expiry, or asked about anew."""
        for approval in await Approvals(self._database.pool).of(task.task_id):
            if (
                approval.status == "approved"
                and approval.demand.holds_all
                and approval.plan_hash == task.plan_hash
            ):
                refuse_stale(approval, self._clock.now())

    async def _waiting(self, task: Task, standings: Mapping[SubtaskId, Progress]) -> list[Progress]:
        """What would run next: whose predecessors have passed, and that are not waiting for any other answer."""
        predecessors: dict[SubtaskId, list[SubtaskId]] = {node: [] for node in standings}
        for node, before in await Plans(self._database.pool).edges(task.task_id, task.revision):
            predecessors[node].append(before)
        frontier = Frontier(predecessors, {node: p.state for node, p in standings.items()})
        return [
            p
            for node, p in standings.items()
            if node in frontier.open or (_wants_agent(p) and frontier.passed(predecessors[node]))
        ]

    async def _block(
        self, task: Task, waiting: Sequence[Progress], states: Mapping[AgentId, AgentState], actor: str
    ) -> None:
        """Nothing can run: say so on each subtask, and call for manual routing."""
        async with self._database.transaction(actor) as tx:
            held = await tasks.locked(tx.connection, task.task_id)
            if held.version != task.version:
                return
            for standing in waiting:
                if standing.state != "blocked":
                    await self._block_one(tx, task, standing, _why(standing, states))
            flagged = held.model_copy(update={"needs_review": True, "reason": "no agent can be reached"})
            await tx.record(
                TaskEdited(flagged),
                TaskChanged(
                    kind="task_flagged",
                    task_id=task.task_id,
                    status=flagged.status,
                    needs_review=True,
                    reason=flagged.reason,
                ),
            )

    async def _block_one(self, tx: Tx, task: Task, standing: Progress, reason: str) -> None:
        agent = standing.agent or "unassigned"
        question = questions.agent_unavailable(standing.subtask_id, agent, reason, self._clock.now())
        await tx.record(
            *blocked(task.task_id, standing, reason, question, whose=standing.agent),
            AgentUnavailable(
                task_id=task.task_id, subtask_id=standing.subtask_id, agent=standing.agent, reason=reason
            ),
        )

    async def _start(self, task: Task, order: Order, reachable: Sequence[Progress], actor: str) -> Task:
        async with self._database.transaction(actor) as tx:
            held = await tasks.locked(tx.connection, task.task_id)
            refuse_unless_planned(held)
            if held.status == "running":
                return held
            for standing in reachable:
                if standing.state == "blocked":
                    await self._mend(tx, task, standing)
            going = held.to(
                "running",
                mode=order.mode,
                wave_limit=(held.wave_limit or 0) + 1 if order.mode == "manual" else None,
                checkpoints=order.checkpoints or held.checkpoints,
                needs_review=False,
                reason=None,
                wake_at=self._clock.now(),
                started_at=self._clock.now(),
            )
            await tx.record(
                TaskEdited(going),
                TaskChanged(kind="task_running", task_id=task.task_id, status="running", mode=order.mode),
            )
            await tx.advance(task.task_id, urgency=held.urgency, carrier=self._carrier())
        return going

    async def _mend(self, tx: Tx, task: Task, standing: Progress) -> None:
        """Its agent can be reached again."""
        await tx.record(
            SubtaskChanged(
                task.task_id,
                standing.subtask_id,
                "blocked",
                "ready",
                standing.agent,
                max(standing.attempts_allowed, standing.attempt + 1),
            ),
            SubtaskReady(task_id=task.task_id, subtask_id=standing.subtask_id, cause="retry"),
        )


def refuse_unless_planned(task: Task) -> None:
    """Raise what stands in the way of running, or of resuming: the gate, or the end of the task."""
    match task.status:
        case "planned" | "paused" | "blocked" | "running":
            return
        case "approval_pending":
            raise ApprovalPendingError(
                f"task {task.task_id} waits for approval; GET /tasks/{task.task_id} shows by whom",
                fields=[FieldIssue("status", task.status)],
            )
        case "rejected":
            raise ApprovalRejectedError(
                f"task {task.task_id} was rejected: {task.reason or 'no reason given'}"
            )
        case "expired":
            raise ApprovalExpiredError(
                f"nobody approved task {task.task_id} in time; submit it again under another task_id"
            )
        case "planning" | "pausing" | "cancelling" | "completed" | "failed" | "cancelled":
            raise WrongStateError(
                f"task {task.task_id} is {task.status}; it cannot be run from there",
                fields=[FieldIssue("status", task.status)],
            )
        case other:
            assert_never(other)


def _wants_agent(standing: Progress) -> bool:
    question = standing.question
    return question is not None and question.cause in {"agent_unavailable", "unassigned"}


def _refuse_empty(task: Task, standings: Mapping[SubtaskId, Progress]) -> None:
    if not standings:
        raise WrongStateError(
            f"task {task.task_id} has nothing to run: the request asks for nothing that can be done; put work into its "
            f"plan (POST /tasks/{task.task_id}/plan/edit, or `orchestrator edit`), or submit it in other words under "
            "another task_id"
        )


def _refuse_unknown(order: Order, standings: Mapping[SubtaskId, Progress]) -> None:
    unknown = [c for c in order.checkpoints if c not in standings]
    if unknown:
        raise InvalidInputError(
            "a checkpoint must be a subtask of the plan",
            fields=[
                FieldIssue(f"checkpoints[{order.checkpoints.index(c)}]", f"no subtask {c!r}") for c in unknown
            ],
        )


def _why(standing: Progress, states: Mapping[AgentId, AgentState]) -> str:
    if standing.agent is None:
        return "no agent in the manifest can do it"
    state = states[standing.agent]
    return state.reason or f"its tools are missing: {', '.join(state.missing_tools)}"


def _unavailable(
    task: Task, waiting: Sequence[Progress], states: Mapping[AgentId, AgentState]
) -> AgentUnavailableError:
    return AgentUnavailableError(
        f"nothing of task {task.task_id} can run: no agent of what comes next can be reached; "
        "mend them and execute again, or assign other agents",
        fields=[FieldIssue(f"subtasks[{p.subtask_id}]", _why(p, states)) for p in waiting],
    )
