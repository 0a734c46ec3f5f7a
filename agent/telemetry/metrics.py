"""What is counted and timed, in a registry of its own, as Prometheus reads it.

Counters rise in the process that recorded the fact, so that sums over replicas are right; gauges say
what the database said, the same in every replica. Labels are closed sets or agents, never tasks.
"""

import platform
import time
from collections import Counter as Counted
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Literal, assert_never, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder

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

Stage = Literal["plan", "chat", "queue_wait", "dispatch", "aggregate", "commit", "approval_wait", "task"]
"""Making a plan; one question to a language model; a ticket in the queue; one attempt's call; composing an answer about a task; a group
commit; from the asking to the deciding; a task from start to end."""

STAGES: tuple[Stage, ...] = get_args(Stage)

MAX_AGENTS = 1_000
"""Agents register themselves; a flood of names must not become a flood of series."""

MAX_RUNNING = 100_000
"""Subtasks remembered from start to end. One that another process ended is pushed out in time."""

UNKNOWN_AGENT = "unknown"
NO_MODEL = "no_model"

_SECONDS = (
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 14_400, 86_400),
)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024)


class Metrics:
    """All of the service's metrics. One object per process, made at its start and handed around."""

    def __init__(self, *, version: str, monotonic: Callable[[], float] = time.perf_counter) -> None:
        # A creation time beside every counter would double the output, and nothing here reads it.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._monotonic = monotonic
        self._running: OrderedDict[str, str] = OrderedDict()
        self._agents: set[str] = set()
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        Info("orchestrator_build", "What is running", registry=registry).info(
            {"version": version, "python": platform.python_version()}
        )
        self._count_tasks(registry)
        self._count_subtasks(registry)
        self._count_plans(registry)
        self._measure(registry)

    def _count_tasks(self, registry: CollectorRegistry) -> None:
        self._tasks_active = Gauge(
            "orchestrator_tasks_active", "Tasks that have not ended, in all replicas", registry=registry
        )
        self._tasks = Counter(
            "orchestrator_tasks", "Tasks, by the status they came to", ["status"], registry=registry
        )
        self._sessions_active = Gauge(
            "sessions_active", "The same as orchestrator_tasks_active", registry=registry
        )
        self._sessions = Counter("sessions", "Tasks submitted", registry=registry)
        self._approvals = Counter("approvals", "Approvals decided by approval", registry=registry)
        self._broken_glass = Counter(
            "break_glass", "Plans let past the gate by breaking the glass", registry=registry
        )
        self._rejections = Counter("rejections", "Approvals decided by rejection", registry=registry)

    def _count_subtasks(self, registry: CollectorRegistry) -> None:
        self._subtasks = Counter(
            "orchestrator_subtasks",
            "Subtasks, by agent and the state they came to rest in",
            ["agent", "state"],
            registry=registry,
        )
        self._failures = Counter(
            "orchestrator_subtask_failures",
            "Attempts that did not succeed, and dispatches to an agent that was not there",
            ["agent", "reason"],
            registry=registry,
        )

    def _count_plans(self, registry: CollectorRegistry) -> None:
        self._plans = Counter(
            "orchestrator_plans",
            "Plans stored, by who made them and what came of asking a model",
            ["planner", "outcome"],
            registry=registry,
        )
        self._model_cost = Counter(
            "orchestrator_model_cost_usd", "Spent on planning, where prices are known", registry=registry
        )
        self._model_findings = Counter(
            "orchestrator_model_findings",
            "What was wrong with models' plans, by the finding's code and what was done about it",
            ["code", "done"],
            registry=registry,
        )
        self._model_calls = Counter(
            "orchestrator_model_calls",
            "Questions to language models, by how they ended",
            ["model", "outcome"],
            registry=registry,
        )
        self._model_tokens = Counter(
            "orchestrator_model_tokens",
            "Tokens of questions and answers, as models told them",
            ["model", "direction"],
            registry=registry,
        )

    def asked(self, model: str, outcome: str, *, tokens_in: int = 0, tokens_out: int = 0) -> None:
        """One question to a model ended."""
        self._model_calls.labels(model, outcome).inc()
        self._model_tokens.labels(model, "in").inc(tokens_in)
        self._model_tokens.labels(model, "out").inc(tokens_out)

    def _count_plan(self, fact: TaskPlanned) -> None:
        drafting = fact.drafting
        self._plans.labels(fact.planner, drafting.outcome if drafting else NO_MODEL).inc()
        if drafting is None:
            return
        self._model_cost.inc(drafting.spending.cost_usd or 0.0)
        for code in drafting.mended:
            self._model_findings.labels(code, "mended").inc()
        for code in drafting.refused:
            self._model_findings.labels(code, "sent_back").inc()

    def _measure(self, registry: CollectorRegistry) -> None:
        latency = Histogram(
            "orchestrator_latency_seconds",
            "How long each stage took",
            ["stage"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._latency = {stage: latency.labels(stage) for stage in STAGES}
        self._batch = Histogram(
            "orchestrator_recorder_batch_size",
            "Changes in one group commit",
            buckets=_SIZES,
            registry=registry,
        )
        self._queue = Gauge(
            "orchestrator_queue_depth", "Tickets that wait, in all replicas", registry=registry
        )
        self._deliveries = Counter(
            "orchestrator_deliveries",
            "Attempts to tell a notice, by channel and how they ended",
            ["channel", "outcome"],
            registry=registry,
        )
        self._undelivered = Gauge(
            "orchestrator_undelivered", "Notices that wait, or are dead", ["state"], registry=registry
        )
        self._oldest = Gauge(
            "orchestrator_oldest_undelivered_seconds",
            "For how long the oldest notice has been waiting",
            registry=registry,
        )
        self._unchained = Gauge(
            "orchestrator_unchained_events",
            "Events that are not in the signed chain yet",
            registry=registry,
        )
        self._oldest_unchained = Gauge(
            "orchestrator_oldest_unchained_seconds",
            "For how long the oldest event has been out of the chain",
            registry=registry,
        )
        self._sse = Gauge("orchestrator_sse_clients", "Event streams open in this process", registry=registry)

    def exposition(self, accept: str = "") -> tuple[bytes, str]:
        """All metrics and their content type; OpenMetrics where `accept` asks for it."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    def observe(self, stage: Stage, seconds: float) -> None:
        self._latency[stage].observe(seconds)

    @contextmanager
    def timing(self, stage: Stage) -> Iterator[None]:
        """Observe how long the block took, however it ended."""
        began = self._monotonic()
        try:
            yield
        finally:
            self.observe(stage, self._monotonic() - began)

    def committed(self, changes: int, seconds: float) -> None:
        """A group commit of so many changes took so long."""
        self._batch.observe(changes)
        self.observe("commit", seconds)

    def standing(self, *, active: int, queued: int) -> None:
        """What the database says: tasks that have not ended, tickets that wait."""
        self._tasks_active.set(active)
        self._sessions_active.set(active)
        self._queue.set(queued)

    def told(self, channel: str, outcome: str) -> None:
        """One attempt to tell a notice ended."""
        self._deliveries.labels(channel, outcome).inc()

    def undelivered(self, *, waiting: int, dead: int, oldest_s: float) -> None:
        """What the database says of notices."""
        self._undelivered.labels("waiting").set(waiting)
        self._undelivered.labels("dead").set(dead)
        self._oldest.set(oldest_s)

    def unchained(self, *, events: int, oldest_s: float) -> None:
        """What the database says of the chain over the log."""
        self._unchained.set(events)
        self._oldest_unchained.set(oldest_s)

    @contextmanager
    def streaming(self) -> Iterator[None]:
        """An event stream is open for the block."""
        self._sse.inc()
        try:
            yield
        finally:
            self._sse.dec()

    def count(self, facts: Iterable[Fact]) -> None:
        """Count facts that this process has just recorded: after the commit, and once."""
        completed: Counted[str] = Counted()
        for fact in facts:
            if isinstance(fact, SubtaskCompleted):
                completed[self._forget(fact.subtask_id)] += 1
            else:
                self._count(fact)
        for agent, count in completed.items():
            self._subtasks.labels(agent, "completed").inc(count)

    def _count(self, fact: Fact) -> None:
        match fact:
            case SubtaskStarted(subtask_id=subtask_id, agent=agent):
                self._remember(subtask_id, agent)
            case SubtaskStopped():
                self._count_stopped(fact)
            case AgentUnavailable(agent=agent):
                self._failures.labels(self._bounded(agent), "unavailable").inc()
            case TaskSubmitted():
                self._sessions.inc()
            case TaskPlanned(status=status):
                self._count_plan(fact)
                self._tasks.labels(status).inc()
            case TaskChanged(status=status):
                self._tasks.labels(status).inc()
            case ApprovalEnded(kind="approval_approved"):
                self._approvals.inc()
            case GlassBroken():
                self._broken_glass.inc()
            case ApprovalEnded(kind="approval_rejected"):
                self._rejections.inc()
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
        agent = self._forget(fact.subtask_id)
        if agent == UNKNOWN_AGENT:  # it was held before it began, or another process began it
            agent = self._bounded(fact.agent)
        if fact.kind != "subtask_retrying":
            self._subtasks.labels(agent, fact.state).inc()
        if fact.attempt is not None and fact.kind != "subtask_cancelled":
            self._failures.labels(agent, fact.attempt_state or "failed").inc()

    def _remember(self, subtask_id: str, agent: str) -> None:
        """Facts that end a subtask do not repeat its agent."""
        self._running[subtask_id] = self._bounded(agent)
        if len(self._running) > MAX_RUNNING:
            self._running.popitem(last=False)

    def _forget(self, subtask_id: str) -> str:
        return self._running.pop(subtask_id, UNKNOWN_AGENT)

    def _bounded(self, agent: str | None) -> str:
        if agent is None:
            return UNKNOWN_AGENT
        if agent not in self._agents:
            if len(self._agents) >= MAX_AGENTS:
                return "other"
            self._agents.add(agent)
        return agent
