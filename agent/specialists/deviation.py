"""What an agent would do, or did, beyond what people let it: the subtask stops there, and asks."""

import json
from collections.abc import Collection, Iterator
from typing import NamedTuple

from agent.specialists.answer import MESSAGE, unsuccessful
from domain.agent import Endpoint, Manifest, McpToolEndpoint
from domain.attempt import Unsuccessful
from domain.base import Json
from domain.brief import Assignment
from domain.tool import EFFECT_ORDER, Effect, ToolCall

CODE = "DEVIATION"


class Named(NamedTuple):
    """A call that an agent names in its answer, before making it or after."""

    tool: str
    arguments: str = ""
    why: str = ""


def before(assignment: Assignment, manifest: Manifest) -> Unsuccessful | None:
    """A tool that does more to the world, as the manifest has it now, than what was approved."""
    approved, now = assignment.effect, _effect_now(assignment, manifest)
    if approved is None or now is None or EFFECT_ORDER[now] <= EFFECT_ORDER[approved]:
        return None
    what = _door(assignment.endpoint) or f"agent {assignment.agent}"
    return _deviates(f"{what} was approved as {approved} and is {now} by now; it was not called")


def of_call(call: ToolCall, assignment: Assignment) -> Unsuccessful | None:
    """A call that is not the one of the plan: another tool, or other arguments than its own."""
    sealed = assignment.endpoint
    if not isinstance(sealed, McpToolEndpoint) or (call.server, call.tool) != (sealed.server, sealed.tool):
        return _deviates(
            f"{call.server}.{call.tool} is not what was approved ({_door(sealed)}); it was not called"
        )
    if other := call.arguments.keys() ^ sealed.arguments.keys():
        return _deviates(
            f"{call.server}.{call.tool} was approved with other arguments; it was not called: {_list(other)}"
        )
    return None


def told(document: Json, *, agent: str, allowed: Collection[str]) -> Unsuccessful | None:
    """What an agent says of itself: `asks` for a call it has not made, `calls` that it has made already."""
    if not isinstance(document, dict):
        return None
    if asked := list(_calls(document.get("asks"))):
        return _deviates(f"{agent} asks for more than was approved: {_named(asked)}; nothing of it was done")
    if outside := [call for call in _calls(document.get("calls")) if call.tool not in allowed]:
        return _deviates(
            f"{agent} has called what was not approved: {_named(outside)}; approved: {_list(allowed)}"
        )
    return None


def _effect_now(assignment: Assignment, manifest: Manifest) -> Effect | None:
    endpoint = assignment.endpoint
    if isinstance(endpoint, McpToolEndpoint):
        declared = manifest.servers.get(endpoint.server)
        return manifest.tool(endpoint.server, endpoint.tool).effect if declared else None
    card = manifest.agent(assignment.agent)
    return manifest.effect_of(card)[0] if card else None


def _door(endpoint: Endpoint) -> str:
    return f"{endpoint.server}.{endpoint.tool}" if isinstance(endpoint, McpToolEndpoint) else ""


def _calls(said: Json) -> Iterator[Named]:
    """Nothing where it is not about tools: outputs may have these names as well."""
    for entry in said if isinstance(said, list) else [said]:
        match entry:
            case {"tool": str(tool), **rest}:
                arguments = rest.get("arguments")
                shown = "" if arguments is None else json.dumps(arguments, ensure_ascii=False)
                yield Named(tool, shown, str(rest.get("why") or ""))
            case _:
                continue


def _named(calls: Collection[Named]) -> str:
    return "; ".join(
        f"{call.tool}{f' with {call.arguments}' if call.arguments else ''}{f' ({call.why})' if call.why else ''}"
        for call in calls
    )[:MESSAGE]


def _list(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _deviates(message: str) -> Unsuccessful:
    return unsuccessful("deviated", CODE, message, retryable=False)
