"""Spans: children of what caused them, across the queue and into MCP calls, and free where nobody collects."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from mcp.shared._otel import inject_trace_context
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import get_current_span

from agent.telemetry.logs import bound
from agent.telemetry.metrics import Metrics
from agent.telemetry.tracing import Tracing, carrier, continued, trace_ids, tracing
from agent.telemetry.wrap import measured, timed
from domain.agent import Agent, AgentState, LlmEndpoint, McpToolEndpoint
from domain.attempt import Outcome, Succeeded, Unsuccessful
from domain.brief import Assignment, Brief
from domain.ids import SubtaskId
from domain.subtask import Failure

CALLERS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Collected:
    """A tracing that keeps its spans."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracing = Tracing(provider)

    def __getitem__(self, name: str) -> ReadableSpan:
        return next(span for span in self._exporter.get_finished_spans() if span.name == name)


@pytest.fixture
def collected() -> Collected:
    return Collected()


class Scripted:
    """A specialist that answers what it was told to, and notes the trace it was called in."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self.called_in: tuple[str | None, str | None] = (None, None)

    async def work(self, assignment: Assignment) -> Outcome:
        await asyncio.sleep(0)
        assert assignment.key == "k"
        self.called_in = trace_ids()
        return self._outcome

    async def state(self, agent: Agent) -> AgentState:
        return AgentState(agent=agent.id, health="healthy")


def assignment() -> Assignment:
    return Assignment(
        agent="coder",
        endpoint=McpToolEndpoint(kind="mcp-tool", server="git", tool="git_log"),
        brief=Brief(task_id="t", subtask_id=SubtaskId("coder::t::1"), title="x", objective="x"),
        attempt=2,
        key="k",
        timeout_s=5,
    )


def test_a_span_after_the_queue_is_the_child_of_the_span_before_it(collected: Collected) -> None:
    with collected.tracing.span("orchestrator.plan"):
        ticket = {"headers": carrier()}
    assert trace_ids() == (None, None)
    with continued(ticket["headers"]), collected.tracing.span("orchestrator.dispatch"):
        pass
    plan, dispatch = collected["orchestrator.plan"], collected["orchestrator.dispatch"]
    assert dispatch.parent is not None
    assert plan.context is not None
    assert dispatch.context is not None
    assert dispatch.parent.span_id == plan.context.span_id
    assert dispatch.context.trace_id == plan.context.trace_id
    assert dispatch.parent.is_remote


def test_a_ticket_without_a_trace_begins_a_new_one(collected: Collected) -> None:
    for headers in (None, {}, {"other": "x"}, {"traceparent": "nonsense"}):
        with continued(headers), collected.tracing.span("orchestrator.aggregate"):
            pass
    assert collected["orchestrator.aggregate"].parent is None


def test_mcp_calls_carry_the_span_they_are_made_in(collected: Collected) -> None:
    meta: dict[str, object] = {}
    with collected.tracing.span("orchestrator.dispatch"):
        inject_trace_context(meta)
        trace_id, span_id = trace_ids()
    assert str(meta["traceparent"]).startswith(f"00-{trace_id}-{span_id}-")


def test_without_a_collector_nothing_is_traced_but_a_callers_trace_goes_on() -> None:
    off = tracing(None, version="1")
    assert not off.is_on
    with off.span("orchestrator.plan") as span:
        span.set_attribute("a", "b")
        assert carrier() == {}
        assert not get_current_span().is_recording()
    with continued({"traceparent": CALLERS}), off.span("orchestrator.dispatch"):
        assert carrier()["traceparent"] == CALLERS
    assert carrier() == {}
    off.close()


async def test_an_attempt_is_a_span_that_tells_who_did_what_and_how_it_ended(collected: Collected) -> None:
    inner = Scripted(Succeeded(outputs={"secret": "contents"}))
    outcome = await measured(inner, Metrics(version="1"), collected.tracing).work(assignment())
    span = collected["orchestrator.dispatch"]
    assert outcome == Succeeded(outputs={"secret": "contents"})
    assert dict(span.attributes or {}) == {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.id": "coder",
        "gen_ai.agent.name": "coder",
        "gen_ai.tool.name": "git_log",
        "orchestrator.server": "git",
        "orchestrator.task_id": "t",
        "orchestrator.subtask_id": "coder::t::1",
        "orchestrator.attempt": 2,
        "orchestrator.endpoint": "mcp-tool",
        "orchestrator.outcome": "completed",
    }
    assert span.context is not None
    assert inner.called_in == (format(span.context.trace_id, "032x"), format(span.context.span_id, "016x"))


async def test_a_failed_attempt_marks_its_span_with_the_code_and_not_with_the_message(
    collected: Collected,
) -> None:
    failure = Unsuccessful(outcome="failed", error=Failure(code="TOOL_ERROR", message="token abc refused"))
    model = assignment().model_copy(update={"endpoint": LlmEndpoint(kind="llm", model="gpt-x")})
    await measured(Scripted(failure), Metrics(version="1"), collected.tracing).work(model)
    span = collected["orchestrator.dispatch"]
    assert not span.status.is_ok
    assert (span.attributes or {})["error.type"] == "TOOL_ERROR"
    assert (span.attributes or {})["gen_ai.request.model"] == "gpt-x"
    assert "token abc" not in span.to_json()


async def test_what_is_measured_is_counted_and_answers_as_before() -> None:
    metrics = Metrics(version="1")
    specialist = measured(Scripted(Succeeded()), metrics, Tracing())
    with bound(task_id="other"):
        assert await specialist.work(assignment()) == Succeeded()
    assert 'orchestrator_latency_seconds_count{stage="dispatch"} 1.0' in metrics.exposition()[0].decode()
    agent = Agent.model_validate({"id": "coder", "skills": [{"id": "code"}], "endpoint": {"kind": "llm"}})
    assert (await specialist.state(agent)).health == "healthy"


async def test_a_timed_call_keeps_its_arguments_answer_and_errors(collected: Collected) -> None:
    async def plan(words: str, *, twice: bool) -> str:
        await asyncio.sleep(0)
        if not words:
            raise ValueError("no words")
        return words * (2 if twice else 1)

    metrics = Metrics(version="1")
    wrapped = timed(plan, "plan", metrics, collected.tracing, span="orchestrator.plan", operation="plan")
    assert await wrapped("ab", twice=True) == "abab"
    assert collected["orchestrator.plan"].attributes == {"gen_ai.operation.name": "plan"}
    with pytest.raises(ValueError, match="no words"):
        await wrapped("", twice=False)
    assert 'orchestrator_latency_seconds_count{stage="plan"} 2.0' in metrics.exposition()[0].decode()


@contextmanager
def collector(status: int) -> Iterator[tuple[str, list[str]]]:
    """An OTLP/HTTP collector that answers `status`: its base URL, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()
        thread.join()


def test_spans_reach_a_configured_collector_at_the_latest_at_the_end() -> None:
    with collector(200) as (url, asked):
        on = tracing(url, version="1")
        with on.span("orchestrator.plan"):
            pass
        on.close()
        assert asked == ["/v1/traces"]


def test_a_collector_that_is_away_holds_up_no_end() -> None:
    on = tracing("http://127.0.0.1:9", version="1")
    with on.span("orchestrator.plan"):
        pass
    closing = Thread(target=on.close)
    closing.start()
    closing.join(10)
    assert not closing.is_alive()
