"""What the events say: every stored state, recomputed from the log alone.

The database keeps these states in columns because reading a log to answer a question is slow; a test
holds the two equal after every kind of run. `orchestrator watch` draws its tree from this fold.
"""

from dataclasses import dataclass, field
from typing import assert_never

from domain.approval import ApprovalStatus
from domain.attempt import AttemptState
from domain.event import Event, Unknown
from domain.facts.agent import AgentHealthChanged, AgentUnavailable
from domain.facts.approval import ApprovalEnded, ApprovalNudged, ApprovalRequired, ApprovalVoted, GlassBroken
from domain.facts.house import NoticeResent, QueueChanged
from domain.facts.subtask import (
    SubtaskAssigned,
    SubtaskCompleted,
    SubtaskPlanned,
    SubtaskReady,
    SubtaskStarted,
    SubtaskStopped,
)
from domain.facts.task import (
    PlanRevised,
    TaskChanged,
    TaskHeartbeat,
    TaskPlanned,
    TaskPriorityChanged,
    TaskPruned,
    TaskSubmitted,
)
from domain.facts.warrant import DelegationGranted, PreapprovalGranted, WarrantRevoked
from domain.ids import SubtaskId
from domain.queue import QueueSettings
from domain.request import Priority
from domain.subtask import SUBTASK_ENDS, SubtaskState
from domain.task import TaskStatus


@dataclass
class SubtaskView:
    title: str
    agent: str | None
    depends_on: tuple[SubtaskId, ...]
    state: SubtaskState
    attempt: int = 0


@dataclass
class TaskView:
    """One task as its events tell it."""

    title: str
    status: TaskStatus = "planning"
    needs_review: bool = False
    revision: int = 0
    plan_hash: str | None = None
    priority: Priority = "medium"
    subtasks: dict[SubtaskId, SubtaskView] = field(default_factory=dict)
    attempts: dict[tuple[SubtaskId, int], AttemptState] = field(default_factory=dict)


@dataclass
class Fold:
    """All tasks, approvals and agents' health, as far as the log was read."""

    seq: int = 0
    tasks: dict[str, TaskView] = field(default_factory=dict)
    approvals: dict[str, ApprovalStatus] = field(default_factory=dict)
    health: dict[str, str] = field(default_factory=dict)
    warrants: dict[str, bool] = field(default_factory=dict)
    """Delegations and earlier yeses by id: whether they still stand, but for their time."""
    queue: QueueSettings = field(default_factory=QueueSettings)

    def apply(self, event: Event) -> None:
        """Take in the next event. Events must come in the order of their `seq`."""
        self.seq = event.seq
        match event.fact:
            case TaskSubmitted() | TaskPlanned() | SubtaskPlanned() | TaskPruned() as fact:
                self._plan(fact)
            case TaskChanged() as fact:
                self._change(self.tasks[fact.task_id], fact)
            case ApprovalRequired() as fact:
                self.approvals[str(fact.approval_id)] = "pending"
            case ApprovalEnded() as fact:
                self._end_approval(fact)
            case SubtaskAssigned() as fact:
                task = self.tasks[fact.task_id]
                task.revision, task.plan_hash = fact.revision, fact.plan_hash
                task.status, task.needs_review = fact.status, task.needs_review and fact.status != "running"
                task.subtasks[fact.subtask_id].agent = fact.agent
                task.subtasks[fact.subtask_id].state = fact.state
            case SubtaskReady() | SubtaskStarted() | SubtaskCompleted() | SubtaskStopped() as fact:
                self._move(self.tasks[fact.task_id], fact)
            case AgentHealthChanged() as fact:
                self.health[fact.agent] = fact.health
            case TaskPriorityChanged() as fact:
                self.tasks[fact.task_id].priority = fact.priority
            case QueueChanged() as fact:
                self.queue = fact.settings
            case DelegationGranted() | PreapprovalGranted() | WarrantRevoked() as fact:
                self._warrant(fact)
            case (
                GlassBroken()
                | PlanRevised()
                | ApprovalNudged()
                | ApprovalVoted()
                | AgentUnavailable()
                | NoticeResent()
                | TaskHeartbeat()
                | Unknown()
            ):
                pass
            case other:
                assert_never(other)

    def _warrant(self, fact: DelegationGranted | PreapprovalGranted | WarrantRevoked) -> None:
        match fact:
            case DelegationGranted():
                self.warrants[str(fact.delegation_id)] = True
            case PreapprovalGranted():
                self.warrants[str(fact.preapproval_id)] = True
            case WarrantRevoked():
                self.warrants[str(fact.warrant_id)] = False
            case other:
                assert_never(other)

    def _plan(self, fact: TaskSubmitted | TaskPlanned | SubtaskPlanned | TaskPruned) -> None:
        match fact:
            case TaskPruned():
                self.tasks.pop(fact.task_id, None)
            case TaskSubmitted():
                self.tasks[fact.task_id] = TaskView(title=fact.title, priority=fact.priority)
            case TaskPlanned():
                task = self.tasks[fact.task_id]
                task.status, task.revision, task.plan_hash = fact.status, fact.revision, fact.plan_hash
                task.needs_review = False
                task.subtasks.clear()
            case SubtaskPlanned():
                self.tasks[fact.task_id].subtasks[fact.subtask_id] = SubtaskView(
                    fact.title, fact.agent, fact.depends_on, fact.state, fact.attempt
                )
            case other:
                assert_never(other)

    def _change(self, task: TaskView, fact: TaskChanged) -> None:
        task.status, task.needs_review = fact.status, fact.needs_review
        if fact.status == "cancelled":
            for subtask in task.subtasks.values():
                if subtask.state not in SUBTASK_ENDS:
                    subtask.state = "cancelled"

    def _end_approval(self, fact: ApprovalEnded) -> None:
        match fact.kind:
            case "approval_approved":
                self.approvals[str(fact.approval_id)] = "approved"
                for subtask_id in fact.subtask_ids:
                    subtask = self.tasks[fact.task_id].subtasks[subtask_id]
                    if subtask.state == "waiting_approval":
                        subtask.state = "pending"
            case "approval_rejected":
                self.approvals[str(fact.approval_id)] = "rejected"
            case "approval_expired":
                self.approvals[str(fact.approval_id)] = "expired"
            case "approval_cancelled":
                self.approvals[str(fact.approval_id)] = "cancelled"
            case "approval_superseded":
                self.approvals[str(fact.approval_id)] = "superseded"
            case other:
                assert_never(other)

    def _move(
        self, task: TaskView, fact: SubtaskReady | SubtaskStarted | SubtaskCompleted | SubtaskStopped
    ) -> None:
        subtask = task.subtasks[fact.subtask_id]
        match fact:
            case SubtaskReady():
                subtask.state = "ready"
            case SubtaskStarted():
                subtask.state, subtask.attempt, subtask.agent = "running", fact.attempt, fact.agent
                task.attempts[fact.subtask_id, fact.attempt] = "running"
            case SubtaskCompleted():
                subtask.state = "completed"
                if fact.attempt is not None:
                    task.attempts[fact.subtask_id, fact.attempt] = "completed"
            case SubtaskStopped():
                subtask.state = fact.state
                if fact.attempt is not None and fact.attempt_state is not None:
                    task.attempts[fact.subtask_id, fact.attempt] = fact.attempt_state
            case other:
                assert_never(other)
