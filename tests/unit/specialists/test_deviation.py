"""What is beyond the plan, told before it happens where that is possible."""

from typing import Any

import pytest

from agent.specialists import deviation
from domain.agent import Agent, Manifest, McpToolEndpoint, ProcessEndpoint, Skill
from domain.base import Json
from domain.brief import Assignment, Brief
from domain.ids import SubtaskId
from domain.tool import Effect, Server, Tool, ToolCall

DOOR = McpToolEndpoint(kind="mcp-tool", server="git", tool="log", arguments={"path": "{{ repository }}"})
BRIEF = Brief(task_id="t", subtask_id=SubtaskId("a::t::1"), title="x", objective="x", tools=("git.log",))


def assignment(**changes: Any) -> Assignment:
    parts: dict[str, Any] = {
        "agent": "a", "endpoint": DOOR, "brief": BRIEF, "attempt": 1, "key": "k", "timeout_s": 1.0, "effect": "write"
    }  # fmt: skip
    return Assignment(**{**parts, **changes})


def manifest(effect: Effect) -> Manifest:
    program = ProcessEndpoint(kind="process", command="true")
    card = Agent(id="a", skills=(Skill(id="s"),), endpoint=program, effect=effect)
    server = Server(tools={"log": Tool(effect=effect)})
    return Manifest(schema_version="1.0", servers={"git": server}, agents=(card,))


@pytest.mark.parametrize(
    ("effect", "deviates"), [("read", False), ("write", False), ("external", True), ("destructive", True)]
)
@pytest.mark.parametrize(
    "door", [DOOR, ProcessEndpoint(kind="process", command="true")], ids=lambda d: d.kind
)
def test_work_may_do_less_than_was_approved_and_never_more(door: Any, effect: Effect, deviates: bool) -> None:
    found = deviation.before(assignment(endpoint=door), manifest(effect))
    assert (found is not None) == deviates


def test_what_was_approved_as_unknown_was_judged_as_the_worst_already() -> None:
    assert deviation.before(assignment(effect=None), manifest("destructive")) is None


@pytest.mark.parametrize(
    ("call", "deviates"),
    [
        (ToolCall(server="git", tool="log", arguments={"path": "/anywhere"}), False),
        (ToolCall(server="git", tool="push", arguments={"path": "/anywhere"}), True),
        (ToolCall(server="other", tool="log", arguments={"path": "/anywhere"}), True),
        (ToolCall(server="git", tool="log", arguments={"path": "/anywhere", "force": True}), True),
        (ToolCall(server="git", tool="log", arguments={}), True),
    ],
)
def test_only_the_call_of_the_plan_is_made(call: ToolCall, deviates: bool) -> None:
    found = deviation.of_call(call, assignment())
    assert (found is not None) == deviates
    assert found is None or "it was not called" in found.error.message


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"outputs": {}, "calls": [{"tool": "git.log"}]}, None),
        ({"outputs": {}, "calls": [{"tool": "git.log"}, {"tool": "git.push"}]}, "git.push"),
        ({"calls": {"tool": "x" * 9_000}}, "x" * 100),
        ({"asks": {"tool": "git.log", "why": "again"}}, "git.log (again)"),
        ({"asks": [{"tool": "rm", "arguments": ["-rf", "/"]}]}, 'rm with ["-rf", "/"]'),
        ({"asks": 3, "calls": 4}, None),
        ({"asks": ["bid", "ask"], "calls": [{"minutes": 3}]}, None),
        (["asks"], None),
        (None, None),
    ],
)
def test_what_an_agent_says_of_its_calls_is_held_against_what_it_may_use(
    document: Json, told: str | None
) -> None:
    found = deviation.told(document, agent="agent a", allowed=("git.log",))
    assert (found is None) == (told is None)
    assert found is None or (told in found.error.message and len(found.error.message) < 5_000)
