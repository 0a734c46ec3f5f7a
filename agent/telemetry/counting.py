"""Counts facts that this process has just recorded: after the commit, and once."""

from collections import Counter as Counted
from collections.abc import Iterable
from typing import Final, assert_never

from agent.telemetry.instruments import Instruments
from agent.telemetry.running import UNKNOWN_AGENT, Running
from domain.event import Fact
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

NO_MODEL: Final = "no_model"


class Counting:
    def __init__(self, instruments: Instruments) -> None:
        self._on = instruments
        self._running = Running()

    def count(self, facts: Iterable[Fact]) -> None:
        completed: Counted[str] = Counted()
        for fact in facts:
            # The very type, of what is nearly all there is: to be told that it is another takes a model long.
            if type(fact) is SubtaskCompleted:
                completed[self._running.ended(fact.subtask_id)] += 1
            elif type(fact) is SubtaskStarted:
                self._running.began(fact.subtask_id, fact.agent)
            else:
                self._count(fact)
        for agent, count in completed.items():
            self._on.subtasks.labels(agent, "completed").inc(count)

    def _count(self, fact: Fact) -> None:
        match fact:
            case SubtaskStopped():
                self._count_stopped(fact)
            case AgentUnavailable(agent=agent):
                self._on.failures.labels(self._running.bounded(agent), "unavailable").inc()
            case TaskSubmitted():
                self._on.sessions.inc()
            case TaskPlanned(status=status):
                self._count_plan(fact)
                self._on.tasks.labels(status).inc()
            case TaskChanged(status=status):
                self._on.tasks.labels(status).inc()
            case ApprovalEnded(kind="approval_approved"):
                self._on.approvals.inc()
            case GlassBroken():
                self._on.broken_glass.inc()
            case ApprovalEnded(kind="approval_rejected"):
                self._on.rejections.inc()
            case (
                ApprovalEnded()
                | ApprovalRequired()
                | ApprovalNudged()
                | ApprovalVoted()
                | PlanRevised()
                | DelegationGranted()
                | PreapprovalGranted()
                | WarrantRevoked()
                | SubtaskPlanned()
                | SubtaskStarted()
                | SubtaskCompleted()
                | SubtaskReady()
                | SubtaskAssigned()
                | AgentHealthChanged()
                | TaskPriorityChanged()
                | TaskPruned()
                | QueueChanged()
                | NoticeResent()
                | TaskHeartbeat()
            ):
                pass
            case other:
                assert_never(other)

    def _count_stopped(self, fact: SubtaskStopped) -> None:
        agent = self._running.ended(fact.subtask_id)
        if agent == UNKNOWN_AGENT:  # it was held before it began, or another process began it
            agent = self._running.bounded(fact.agent)
        if fact.kind != "subtask_retrying":
            self._on.subtasks.labels(agent, fact.state).inc()
        if fact.attempt is not None and fact.kind != "subtask_cancelled":
            self._on.failures.labels(agent, fact.attempt_state or "failed").inc()

    def _count_plan(self, fact: TaskPlanned) -> None:
        drafting = fact.drafting
        self._on.plans.labels(fact.planner, drafting.outcome if drafting else NO_MODEL).inc()
        if drafting is None:
            return
        self._on.model_cost.inc(drafting.spending.cost_usd or 0.0)
        for code in drafting.mended:
            self._on.model_findings.labels(code, "mended").inc()
        for code in drafting.refused:
            self._on.model_findings.labels(code, "sent_back").inc()
