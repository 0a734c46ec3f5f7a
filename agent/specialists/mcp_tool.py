"""An agent that is one tool of an MCP server: arguments from the brief, one call, outputs from the answer."""

from collections.abc import Callable
from typing import cast

from agent.artifacts import Artifacts
from agent.gateway.errors import (
    CallTimedOutError,
    NotSentError,
    OutcomeUnknownError,
    ToolFailedError,
)
from agent.gateway.port import ToolServers
from agent.gateway.result import ToolResult
from agent.specialists import deviation
from agent.specialists.answer import unsuccessful
from agent.specialists.template import ENVIRONMENT, Scope, TemplateError, render
from domain.agent import Manifest, McpToolEndpoint
from domain.attempt import Artifact, Outcome, Succeeded, Unsuccessful
from domain.base import JsonObject
from domain.brief import Assignment, Brief
from domain.errors import OrchestratorError
from domain.tool import ToolCall


class McpTool:
    def __init__(self, gateway: ToolServers, artifacts: Artifacts, manifest: Callable[[], Manifest]) -> None:
        self._gateway = gateway
        self._artifacts = artifacts
        self._manifest = manifest

    async def work(self, assignment: Assignment, endpoint: McpToolEndpoint) -> Outcome:
        brief = assignment.brief
        about = {"task-id": brief.task_id, "subtask-id": brief.subtask_id, "attempt": str(assignment.attempt)}
        try:
            call = _call(endpoint, brief)
            if beyond := deviation.of_call(call, assignment):
                return beyond
            result = await self._gateway.call(
                call, key=assignment.key, timeout_s=self._timeout_s(assignment, endpoint), about=about
            )
            outputs = _outputs(endpoint, brief, result)
        except OrchestratorError as error:
            return _unsuccessful(error)
        return Succeeded(outputs=outputs, artifacts=await self._kept(brief, result))

    def _timeout_s(self, assignment: Assignment, endpoint: McpToolEndpoint) -> float:
        """The tool's own limit where that is shorter than the agent's."""
        limit = self._manifest().tool(endpoint.server, endpoint.tool).timeout_s
        return min(assignment.timeout_s, limit) if limit else assignment.timeout_s

    async def _kept(self, brief: Brief, result: ToolResult) -> tuple[Artifact, ...]:
        """What the tool points to stays where it is; bytes that came along are kept."""
        pointed = (
            Artifact(
                name=link.name,
                uri=link.uri,
                media_type=link.media_type or "application/octet-stream",
                size=link.size,
                digest=link.digest,
            )
            for link in result.links
        )
        kept = [await self._artifacts.keep(brief.task_id, b.name, b.data, b.media_type) for b in result.blobs]
        return (*pointed, *kept)


def _call(endpoint: McpToolEndpoint, brief: Brief) -> ToolCall:
    arguments = render(endpoint.arguments, scope_of(brief), where="arguments")
    return ToolCall(server=endpoint.server, tool=endpoint.tool, arguments=cast("JsonObject", arguments))


def _outputs(endpoint: McpToolEndpoint, brief: Brief, result: ToolResult) -> JsonObject:
    """As the manifest says; where it says nothing, the structured answer, else the text."""
    if endpoint.outputs:
        answered = {"text": result.text, "structured": result.structured}
        filled = render(dict(endpoint.outputs), {"result": answered, **scope_of(brief)}, where="outputs")
        return cast("JsonObject", filled)
    return result.structured if isinstance(result.structured, dict) else {"text": result.text}


def scope_of(brief: Brief) -> Scope:
    """What templates may use. What was not named is undefined, so that its absence is told.

    Where a step acts is what the gate heard; where it heard of no place, that is production, as it was for the gate.
    """
    named = {"repository": brief.repository} if brief.repository else {}
    if brief.environment is not None:
        named[ENVIRONMENT] = "production" if brief.environment == "unknown" else brief.environment
    return {"brief": brief.model_dump(mode="json"), "context": brief.context, "inputs": brief.inputs, **named}


def _unsuccessful(error: OrchestratorError) -> Unsuccessful:
    match error:
        case CallTimedOutError():
            return unsuccessful("timed_out", error.code, error.message)
        case OutcomeUnknownError():
            return unsuccessful("unknown", error.code, error.message)
        case NotSentError():
            return unsuccessful("unavailable", error.code, error.message)
        case ToolFailedError():
            return unsuccessful("failed", error.code, error.message, retryable=error.retryable)
        case TemplateError():
            return unsuccessful("failed", error.code, error.message, retryable=False)
        case _:
            return unsuccessful("failed", error.code, error.message)
