"""Hands work to agents, whichever way each is reached, and takes back what came of it."""

import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self, assert_never, cast

import httpx

from agent.artifacts import Artifacts
from agent.gateway.port import ToolServers
from agent.llm.speaker import Speaker
from agent.specialists import deviation
from agent.specialists.a2a import A2a
from agent.specialists.answer import unsuccessful
from agent.specialists.http import Http
from agent.specialists.llm import Llm
from agent.specialists.mcp_tool import McpTool
from agent.specialists.probe import Probe
from agent.specialists.process import Process
from agent.specialists.storable import storable
from domain.agent import (
    A2aEndpoint,
    Agent,
    AgentState,
    Cost,
    HttpEndpoint,
    LlmEndpoint,
    Manifest,
    McpToolEndpoint,
    ProcessEndpoint,
)
from domain.attempt import Outcome, Succeeded, Unsuccessful
from domain.base import JsonObject
from domain.brief import Assignment
from domain.errors import OrchestratorError, UnreachableError

_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=64)


class Specialists:
    """The engine's `Specialist`: one for all agents; an async context manager, for it holds connections."""

    def __init__(
        self,
        *,
        manifest: Callable[[], Manifest],
        gateway: ToolServers,
        models: Sequence[Speaker],
        artifacts: Artifacts,
        environ: Mapping[str, str],
    ) -> None:
        client = httpx.AsyncClient(limits=_LIMITS)
        self._client = client
        self._manifest = manifest
        self._artifacts = artifacts
        self._mcp_tool = McpTool(gateway, artifacts, manifest)
        self._llm = Llm(models, time.monotonic)
        self._a2a = A2a(client, artifacts, environ)
        self._http = Http(client, environ)
        self._process = Process(environ)
        self._probe = Probe(gateway, client, manifest, has_model=bool(models))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def work(self, assignment: Assignment) -> Outcome:
        began = time.monotonic()
        if beyond := deviation.before(assignment, self._manifest()):
            return beyond
        try:
            whole = await self._with_inputs(assignment)
            outcome = await self._done(whole)
            return await self._settled(whole, outcome, time.monotonic() - began)
        except UnreachableError as error:
            return unsuccessful("unavailable", error.code, error.message, retryable=False)
        except OrchestratorError as error:
            return unsuccessful("failed", error.code, error.message, retryable=False)

    async def state(self, agent: Agent) -> AgentState:
        return await self._probe.state(agent)

    async def _done(self, assignment: Assignment) -> Outcome:
        match assignment.endpoint:
            case McpToolEndpoint() as endpoint:
                return await self._mcp_tool.work(assignment, endpoint)
            case LlmEndpoint() as endpoint:
                return await self._llm.work(assignment, endpoint)
            case A2aEndpoint() as endpoint:
                return await self._a2a.work(assignment, endpoint)
            case HttpEndpoint() as endpoint:
                return await self._http.work(assignment, endpoint)
            case ProcessEndpoint() as endpoint:
                return await self._process.work(assignment, endpoint)
            case other:
                assert_never(other)

    async def _with_inputs(self, assignment: Assignment) -> Assignment:
        """With the values that were too large to travel put back where they are needed."""
        brief = assignment.brief
        inputs = cast("JsonObject", await self._artifacts.restore(brief.task_id, brief.inputs))
        return assignment.model_copy(update={"brief": brief.model_copy(update={"inputs": inputs})})

    async def _settled(self, assignment: Assignment, outcome: Outcome, seconds: float) -> Outcome:
        match outcome:
            case Unsuccessful(outcome="unavailable"):
                return outcome
            case Unsuccessful():
                return outcome.model_copy(update={"cost_usd": self._cost_usd(assignment, seconds, tokens=0)})
            case Succeeded():
                outputs, spilled = await self._artifacts.spill(
                    assignment.brief.task_id, cast("JsonObject", storable(outcome.outputs))
                )
                return outcome.model_copy(
                    update={
                        "outputs": outputs,
                        "artifacts": (*outcome.artifacts, *spilled),
                        "cost_usd": self._cost_usd(assignment, seconds, tokens=outcome.tokens),
                    }
                )
            case other:
                assert_never(other)

    def _cost_usd(self, assignment: Assignment, seconds: float, *, tokens: int) -> float:
        card = self._manifest().agent(assignment.agent)
        cost = card.cost if card else Cost()
        spent = cost.per_minute_usd * seconds / 60 + cost.per_million_tokens_usd * tokens / 1_000_000
        return cost.per_call_usd + spent
