"""Telemetry around ports: what is wrapped does not know that it is watched."""

from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from agent.engine.ports import Specialist
from agent.telemetry.logs import bound
from agent.telemetry.metrics import Metrics, Stage
from agent.telemetry.tracing import SpanName, Tracing, dispatch_attributes, mark
from domain.agent import Agent, AgentState
from domain.attempt import Outcome
from domain.brief import Assignment

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def measured(specialist: Specialist, metrics: Metrics, tracing: Tracing) -> Specialist:
    """The same specialist; each attempt timed, within a span, its log lines bearing its ids."""
    return _Measured(specialist, metrics, tracing)


def timed(
    call: Callable[Asked, Awaitable[Answer]],
    stage: Stage,
    metrics: Metrics,
    tracing: Tracing,
    *,
    span: SpanName,
    operation: str | None = None,
) -> Callable[Asked, Awaitable[Answer]]:
    """The same call, timed as `stage` and within a span; `operation` is its GenAI name, such as `plan`."""
    attributes = {"gen_ai.operation.name": operation} if operation else None

    async def call_timed(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        with metrics.timing(stage), tracing.span(span, attributes):
            return await call(*args, **kwargs)

    return call_timed


class _Measured:
    def __init__(self, specialist: Specialist, metrics: Metrics, tracing: Tracing) -> None:
        self._specialist = specialist
        self._metrics = metrics
        self._tracing = tracing

    async def work(self, assignment: Assignment) -> Outcome:
        brief = assignment.brief
        attributes = dispatch_attributes(assignment) if self._tracing.is_on else None
        with (
            bound(task_id=brief.task_id, subtask_id=brief.subtask_id),
            self._tracing.span("orchestrator.dispatch", attributes) as span,
            self._metrics.timing("dispatch"),
        ):
            outcome = await self._specialist.work(assignment)
            mark(span, outcome)
            return outcome

    async def state(self, agent: Agent) -> AgentState:
        return await self._specialist.state(agent)
