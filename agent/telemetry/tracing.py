"""Spans, and the context that carries a trace across the queue and into calls.

Without a collector nothing is traced and a span costs next to nothing; a trace that a caller began is
carried on all the same.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from threading import Thread
from typing import Literal, Protocol

from opentelemetry import context, trace
from opentelemetry.trace import INVALID_SPAN, Span, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from domain.attempt import Outcome, Succeeded
from domain.brief import Assignment
from domain.plan import Plan

SpanName = Literal[
    "orchestrator.plan", "orchestrator.chat", "orchestrator.dispatch", "orchestrator.aggregate"
]
Attributes = Mapping[str, str | int | float | bool]

CLOSE_S = 3.0
"""How long the last spans may take to leave; a collector that is away must not hold up an end."""

_W3C = TraceContextTextMapPropagator()


class Provider(Protocol):
    """What of the SDK's tracer provider is used here."""

    def get_tracer(self, instrumenting_module_name: str, /) -> Tracer: ...

    def shutdown(self) -> None: ...


class Tracing:
    """Makes spans where it was given a provider, and nothing where not."""

    def __init__(self, provider: Provider | None = None) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("orchestrator") if provider else None

    @property
    def is_on(self) -> bool:
        return self._tracer is not None

    def span(self, name: SpanName, attributes: Attributes | None = None) -> AbstractContextManager[Span]:
        """A span around the block, the current one within it. An exception marks it and goes through."""
        if self._tracer is None:
            return _NOTHING
        return self._tracer.start_as_current_span(name, attributes=attributes)

    def close(self) -> None:
        """Send what is left, for CLOSE_S at most. Blocks."""
        if self._provider is not None:
            last = Thread(target=self._provider.shutdown, name="last-spans", daemon=True)
            last.start()
            last.join(CLOSE_S)


def tracing(endpoint: str | None, *, version: str) -> Tracing:
    """Traces to an OTLP/HTTP collector, given its base URL; without one, none."""
    if endpoint is None:
        return Tracing()
    # The SDK and its HTTP client take 0.15 s to import, which only those pay who trace.
    from agent.telemetry.otlp import provider  # noqa: PLC0415

    return Tracing(provider(endpoint, version=version))


def carrier() -> dict[str, str]:
    """The current trace as headers (`traceparent`), to go with a ticket or a call; empty without a trace."""
    headers: dict[str, str] = {}
    _W3C.inject(headers)
    return headers


@contextmanager
def continued(headers: Mapping[str, str] | None) -> Iterator[None]:
    """Go on with the trace that `carrier` packed, for the block. Headers without a trace change nothing."""
    if not headers or "traceparent" not in headers:
        yield
        return
    token = context.attach(_W3C.extract(headers))
    try:
        yield
    finally:
        context.detach(token)


def trace_ids() -> tuple[str | None, str | None]:
    """The current trace and span as logs write them."""
    current = trace.get_current_span().get_span_context()
    if not current.is_valid:
        return None, None
    return format(current.trace_id, "032x"), format(current.span_id, "016x")


def dispatch_attributes(assignment: Assignment) -> Attributes:
    """What a span tells of one attempt; GenAI names are literals, their package still moves."""
    attributes: dict[str, str | int | float | bool] = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.id": assignment.agent,
        "gen_ai.agent.name": assignment.agent,
        "orchestrator.task_id": assignment.brief.task_id,
        "orchestrator.subtask_id": assignment.brief.subtask_id,
        "orchestrator.attempt": assignment.attempt,
        "orchestrator.endpoint": assignment.endpoint.kind,
    }
    if assignment.endpoint.kind == "mcp-tool":
        attributes["gen_ai.tool.name"] = assignment.endpoint.tool
        attributes["orchestrator.server"] = assignment.endpoint.server
    if assignment.endpoint.kind == "llm" and assignment.endpoint.model:
        attributes["gen_ai.request.model"] = assignment.endpoint.model
    return attributes


def mark(span: Span, outcome: Outcome) -> None:
    """Write on a span how the attempt ended. The error's code goes there, its message does not: it may quote data."""
    span.set_attribute("orchestrator.outcome", outcome.outcome)
    if isinstance(outcome, Succeeded):
        return
    span.set_attribute("error.type", outcome.error.code)
    span.set_status(Status(StatusCode.ERROR, outcome.error.code))


def mark_plan(plan: Plan) -> None:
    """Write on the current span who made a plan, how a model took part, and what that cost; the outcome is a code,
    for a reason in words may quote a server.
    """
    span = trace.get_current_span()
    span.set_attribute("orchestrator.task_id", plan.task_id)
    span.set_attribute("orchestrator.planner", plan.planner)
    if (drafting := plan.drafting) is None:
        return
    spent = drafting.spending
    span.set_attribute("orchestrator.drafting.outcome", drafting.outcome)
    span.set_attribute("orchestrator.drafting.rounds", drafting.rounds)
    span.set_attribute("orchestrator.drafting.calls", spent.calls)
    span.set_attribute("orchestrator.drafting.tokens", spent.tokens_in + spent.tokens_out)
    if drafting.model is not None:
        span.set_attribute("gen_ai.request.model", drafting.model)
    if spent.cost_usd is not None:
        span.set_attribute("orchestrator.drafting.cost_usd", spent.cost_usd)


class _Nothing(AbstractContextManager[Span]):
    def __enter__(self) -> Span:
        return INVALID_SPAN

    def __exit__(self, *_raised: object) -> None:
        return None


_NOTHING = _Nothing()
