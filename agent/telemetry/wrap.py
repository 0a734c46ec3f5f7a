"""Telemetry around ports: what is wrapped does not know that it is watched."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import ParamSpec, Protocol, TypeVar

from agent.engine.ports import Specialist
from agent.llm.port import LanguageModel
from agent.telemetry.instruments import Stage
from agent.telemetry.logs import bind, unbind
from agent.telemetry.metrics import Metrics
from agent.telemetry.tracing import Attributes, SpanName, Tracing, dispatch_attributes, mark, mark_plan
from domain.agent import Agent, AgentState
from domain.attempt import Outcome
from domain.base import JsonObject
from domain.brief import Assignment
from domain.completion import Completion, Message
from domain.errors import ModelError
from domain.ids import AgentId
from domain.plan import Plan
from domain.request import Request

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


class Planner(Protocol):
    async def plan(self, request: Request, *, revision: int, numbers: Mapping[AgentId, int]) -> Plan: ...


def asked(model: LanguageModel, *, metrics: Metrics, tracing: Tracing) -> LanguageModel:
    """The same model; each question counted, timed and within a span. Neither tells what was said."""
    return _Asked(model, metrics, tracing)


def planned(planner: Planner) -> Planner:
    """The same planner; the span around it says who made the plan and why it was not another."""
    return _Planned(planner)


class _Asked:
    def __init__(self, model: LanguageModel, metrics: Metrics, tracing: Tracing) -> None:
        self._model = model
        self._metrics = metrics
        self._tracing = tracing

    @property
    def name(self) -> str:
        return self._model.name

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        max_output_tokens: int,
        timeout_s: float,
        schema: JsonObject | None = None,
        json_object: bool = False,
        model: str | None = None,
    ) -> Completion:
        whom = model or self._model.name
        attributes: Attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": whom,
            "gen_ai.request.max_tokens": max_output_tokens,
        }
        with self._tracing.span("orchestrator.chat", attributes) as span, self._metrics.timing("chat"):
            try:
                answer = await self._model.complete(
                    messages,
                    max_output_tokens=max_output_tokens,
                    timeout_s=timeout_s,
                    schema=schema,
                    json_object=json_object,
                    model=model,
                )
            except ModelError as error:
                self._metrics.asked(whom, error.kind)
                raise
            self._metrics.asked(whom, "answered", tokens_in=answer.tokens_in, tokens_out=answer.tokens_out)
            span.set_attribute("gen_ai.response.model", answer.model)
            span.set_attribute("gen_ai.usage.input_tokens", answer.tokens_in)
            span.set_attribute("gen_ai.usage.output_tokens", answer.tokens_out)
            return answer

    async def aclose(self) -> None:
        await self._model.aclose()


class _Planned:
    def __init__(self, planner: Planner) -> None:
        self._planner = planner

    async def plan(self, request: Request, *, revision: int, numbers: Mapping[AgentId, int]) -> Plan:
        plan = await self._planner.plan(request, revision=revision, numbers=numbers)
        mark_plan(plan)
        return plan


class _Measured:
    def __init__(self, specialist: Specialist, metrics: Metrics, tracing: Tracing) -> None:
        self._specialist = specialist
        self._metrics = metrics
        self._tracing = tracing

    async def work(self, assignment: Assignment) -> Outcome:
        brief, began = assignment.brief, time.perf_counter()
        ids = bind(brief.task_id, brief.subtask_id)
        try:
            if self._tracing.is_on:
                return await self._traced(assignment)
            return await self._specialist.work(assignment)
        finally:
            unbind(ids)
            self._metrics.observe("dispatch", time.perf_counter() - began)

    async def _traced(self, assignment: Assignment) -> Outcome:
        with self._tracing.span("orchestrator.dispatch", dispatch_attributes(assignment)) as span:
            outcome = await self._specialist.work(assignment)
            mark(span, outcome)
            return outcome

    async def state(self, agent: Agent) -> AgentState:
        return await self._specialist.state(agent)
