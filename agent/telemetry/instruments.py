"""The instruments: every counter, gauge and histogram of the service, named and told."""

import platform
from typing import Literal, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    ProcessCollector,
)

Stage = Literal["plan", "chat", "queue_wait", "dispatch", "aggregate", "commit", "approval_wait", "task"]
"""Making a plan; one question to a language model; a ticket in the queue; one attempt's call; composing an answer about a task; a group
commit; from the asking to the deciding; a task from start to end."""

STAGES: tuple[Stage, ...] = get_args(Stage)

_SECONDS = (
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 14_400, 86_400),
)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024)


class Instruments:
    def __init__(self, registry: CollectorRegistry, *, version: str) -> None:
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        Info("orchestrator_build", "What is running", registry=registry).info(
            {"version": version, "python": platform.python_version()}
        )
        self._count_tasks(registry)
        self._count_subtasks(registry)
        self._count_plans(registry)
        self._time(registry)
        self._look(registry)

    def _count_tasks(self, registry: CollectorRegistry) -> None:
        self.tasks_active = Gauge(
            "orchestrator_tasks_active", "Tasks that have not ended, in all replicas", registry=registry
        )
        self.tasks = Counter(
            "orchestrator_tasks", "Tasks, by the status they came to", ["status"], registry=registry
        )
        self.sessions_active = Gauge(
            "sessions_active", "The same as orchestrator_tasks_active", registry=registry
        )
        self.sessions = Counter("sessions", "Tasks submitted", registry=registry)
        self.approvals = Counter("approvals", "Approvals decided by approval", registry=registry)
        self.broken_glass = Counter(
            "break_glass", "Plans let past the gate by breaking the glass", registry=registry
        )
        self.rejections = Counter("rejections", "Approvals decided by rejection", registry=registry)

    def _count_subtasks(self, registry: CollectorRegistry) -> None:
        self.subtasks = Counter(
            "orchestrator_subtasks",
            "Subtasks, by agent and the state they came to rest in",
            ["agent", "state"],
            registry=registry,
        )
        self.failures = Counter(
            "orchestrator_subtask_failures",
            "Attempts that did not succeed, and dispatches to an agent that was not there",
            ["agent", "reason"],
            registry=registry,
        )

    def _count_plans(self, registry: CollectorRegistry) -> None:
        self.plans = Counter(
            "orchestrator_plans",
            "Plans stored, by who made them and what came of asking a model",
            ["planner", "outcome"],
            registry=registry,
        )
        self.model_cost = Counter(
            "orchestrator_model_cost_usd", "Spent on planning, where prices are known", registry=registry
        )
        self.model_findings = Counter(
            "orchestrator_model_findings",
            "What was wrong with models' plans, by the finding's code and what was done about it",
            ["code", "done"],
            registry=registry,
        )
        self.model_calls = Counter(
            "orchestrator_model_calls",
            "Questions to language models, by how they ended",
            ["model", "outcome"],
            registry=registry,
        )
        self.model_tokens = Counter(
            "orchestrator_model_tokens",
            "Tokens of questions and answers, as models told them",
            ["model", "direction"],
            registry=registry,
        )

    def _time(self, registry: CollectorRegistry) -> None:
        latency = Histogram(
            "orchestrator_latency_seconds",
            "How long each stage took",
            ["stage"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.latency = {stage: latency.labels(stage) for stage in STAGES}
        self.batch = Histogram(
            "orchestrator_recorder_batch_size",
            "Changes in one group commit",
            buckets=_SIZES,
            registry=registry,
        )

    def _look(self, registry: CollectorRegistry) -> None:
        self.queue = Gauge(
            "orchestrator_queue_depth", "Tickets that wait, in all replicas", registry=registry
        )
        self.deliveries = Counter(
            "orchestrator_deliveries",
            "Attempts to tell a notice, by channel and how they ended",
            ["channel", "outcome"],
            registry=registry,
        )
        self.undelivered = Gauge(
            "orchestrator_undelivered", "Notices that wait, or are dead", ["state"], registry=registry
        )
        self.oldest = Gauge(
            "orchestrator_oldest_undelivered_seconds",
            "For how long the oldest notice has been waiting",
            registry=registry,
        )
        self.unchained = Gauge(
            "orchestrator_unchained_events",
            "Events that are not in the signed chain yet",
            registry=registry,
        )
        self.oldest_unchained = Gauge(
            "orchestrator_oldest_unchained_seconds",
            "For how long the oldest event has been out of the chain",
            registry=registry,
        )
        self.sse = Gauge("orchestrator_sse_clients", "Event streams open in this process", registry=registry)
