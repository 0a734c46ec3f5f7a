"""Spans: children of what caused them, across the queue and into MCP calls, and free where nobody collects."""

import asyncio
from collections.abc import Iterator, Sequence
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
from agent.telemetry.wrap import asked, measured, planned, timed
from domain.agent import Agent, AgentState, LlmEndpoint, McpToolEndpoint
from domain.attempt import Outcome, Succeeded, Unsuccessful
from domain.brief import Assignment, Brief
from domain.completion import Completion, Message
from domain.drafting import Drafting, Spending
from domain.errors import ModelError
from domain.ids import SubtaskId
from domain.plan import Plan
from domain.subtask import Failure
from tests.kit.planning import planning, request

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
    closing.join(60)
    assert not closing.is_alive()


class Model:
    """Answers, or fails, as it was told to."""

    name = "small"

    def __init__(self, answer: Completion | ModelError) -> None:
        self._answer = answer

    async def complete(self, messages: Sequence[Message], **_options: object) -> Completion:
        if isinstance(self._answer, ModelError):
            raise self._answer
        return self._answer

    async def aclose(self) -> None:
        return None


async def test_a_question_to_a_model_is_a_span_without_a_word_of_what_was_said(collected: Collected) -> None:
    metrics = Metrics(version="1")
    said = Completion(text="a secret", tokens_in=7, tokens_out=3, model="small-2026")
    model = asked(Model(said), metrics=metrics, tracing=collected.tracing)
    question = [Message(role="user", text="another secret")]
    assert await model.complete(question, max_output_tokens=9, timeout_s=1) == said
    attributes = dict(collected["orchestrator.chat"].attributes or {})
    assert attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "small",
        "gen_ai.request.max_tokens": 9,
        "gen_ai.response.model": "small-2026",
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.usage.output_tokens": 3,
    }
    text = metrics.exposition()[0].decode()
    assert 'orchestrator_model_calls_total{model="small",outcome="answered"} 1.0' in text
    assert 'orchestrator_model_tokens_total{direction="out",model="small"} 3.0' in text


async def test_a_model_that_fails_is_counted_by_how(collected: Collected) -> None:
    metrics = Metrics(version="1")
    hung = ModelError("it hung", kind="timed_out", retryable=True)
    model = asked(Model(hung), metrics=metrics, tracing=collected.tracing)
    with pytest.raises(ModelError):
        await model.complete([], max_output_tokens=9, timeout_s=1)
    text = metrics.exposition()[0].decode()
    assert 'orchestrator_model_calls_total{model="small",outcome="timed_out"} 1.0' in text


async def test_the_span_of_planning_says_who_planned_and_what_a_model_cost(collected: Collected) -> None:
    rules = planning().plan_by_rules(request("Write a guide"))
    spent = Spending(calls=3, tokens_in=30, tokens_out=12, cost_usd=0.5)
    drafting = Drafting(outcome="refused", model="small", rounds=3, spending=spent)
    made = rules.model_copy(update={"drafting": drafting, "degraded_reason": "a server's own words"})

    class Planner:
        async def plan(self, *_asked: object, **_more: object) -> Plan:
            return made

    with collected.tracing.span("orchestrator.plan"):
        assert await planned(Planner()).plan(request("x"), revision=1, numbers={}) == made
    attributes = dict(collected["orchestrator.plan"].attributes or {})
    assert attributes["orchestrator.planner"] == "rules"
    assert attributes["orchestrator.drafting.outcome"] == "refused"
    assert (attributes["orchestrator.drafting.calls"], attributes["orchestrator.drafting.tokens"]) == (3, 42)
    assert attributes["orchestrator.drafting.cost_usd"] == 0.5
    assert "own words" not in str(attributes)
