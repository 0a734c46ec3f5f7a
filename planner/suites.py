"""Measuring suites: requests with the plans that people expect, and tool lists taken for manifests."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from pydantic import ValidationError

from domain.agent import Agent, HttpEndpoint, Manifest, Skill
from domain.errors import FieldIssue, InvalidInputError
from domain.ids import AgentId
from domain.request import Metadata, Request
from planner.memory import Remembered, Step, request_text


class Expected(NamedTuple):
    """The plan a case expects: agents in order, which of them are implied, edges by place, gated places."""

    agents: tuple[AgentId, ...]
    implied: frozenset[int]
    edges: tuple[tuple[int, int], ...]
    gated: frozenset[int]
    steps: tuple[str, ...] = ()
    """What each subtask does, in words, where the suite says so."""


class Case(NamedTuple):
    """One request of a suite. `split` is empty where the suite has none."""

    id: str
    request: Request
    expected: Expected
    split: str = ""


def read_suite(text: str, *, split: str | None = None) -> tuple[Case, ...]:
    """Cases of a JSONL suite, in either of the two known shapes; `split` keeps only those of one split."""
    found = [_case(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    return tuple(case for case in found if split is None or case.split == split)


def past_plans(text: str, manifest_version: str) -> tuple[Remembered, ...]:
    """Past plans of a JSONL file: cases of a suite, or plans as they are remembered (`text`, `steps`, `edges`)."""
    return tuple(
        _past(number, line, manifest_version)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip()
    )


def _past(number: int, line: str, manifest_version: str) -> Remembered:
    with _readable(number, "the memory"):
        record = json.loads(line)
        if isinstance(record, dict) and "steps" in record:
            return Remembered.model_validate({**record, "manifest_version": manifest_version})
        return past_plan(_read(record), manifest_version)


def _case(number: int, line: str) -> Case:
    with _readable(number, "the suite"):
        return _read(json.loads(line))


def _read(record: object) -> Case:
    if not isinstance(record, dict):
        raise TypeError(f"{record!r:.40} is no JSON object")
    return _ours(record) if "expect" in record else _tools_case(record)


@contextmanager
def _readable(number: int, of: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as unreadable:
        reason = _reason(unreadable)
        raise InvalidInputError(
            f"line {number} of {of} cannot be read: {reason}; each line is a JSON object with "
            "`title` and `expect`, or with `user_request`, `task_nodes` and `task_links`",
            fields=[FieldIssue(f"line {number}", reason)],
        ) from unreadable


def _reason(unreadable: Exception) -> str:
    match unreadable:
        case json.JSONDecodeError():
            return f"it is not JSON ({unreadable.msg} at column {unreadable.colno})"
        case ValidationError():
            first = unreadable.errors(include_url=False)[0]
            return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        case KeyError():
            return f"{unreadable.args[0]!r} is missing"
        case _:
            return str(unreadable)


def _ours(record: Mapping[str, Any]) -> Case:
    expect = record["expect"]
    place = {subtask["key"]: number for number, subtask in enumerate(expect["subtasks"])}
    return Case(
        id=str(record["id"]),
        request=Request(
            task_id=_task_id(record["id"]),
            title=record["title"],
            description=record.get("description", ""),
            priority=record.get("priority", "medium"),
            metadata=Metadata.model_validate(record.get("metadata", {})),
        ),
        expected=Expected(
            agents=tuple(subtask["agent"] for subtask in expect["subtasks"]),
            implied=frozenset(n for n, subtask in enumerate(expect["subtasks"]) if subtask.get("implied")),
            edges=tuple((place[first], place[second]) for first, second in expect.get("edges", ())),
            gated=frozenset(place[key] for key in expect.get("gates", ())),
        ),
        split=record.get("split", ""),
    )


def _tools_case(record: Mapping[str, Any]) -> Case:
    agents = tuple(agent_id(node["task"]) for node in record["task_nodes"])
    first: dict[str, int] = {}
    for number, agent in enumerate(agents):
        first.setdefault(agent, number)
    edges = [
        (first[agent_id(link["source"])], first[agent_id(link["target"])])
        for link in record.get("task_links", ())
        if {agent_id(link["source"]), agent_id(link["target"])} <= first.keys()
    ]
    steps = tuple(record.get("task_steps", ()))
    return Case(
        id=str(record["id"]),
        request=_request(record["id"], record["user_request"]),
        expected=Expected(
            agents, frozenset(), tuple(edges), frozenset(), steps if len(steps) == len(agents) else ()
        ),
    )


def _request(key: object, text: str) -> Request:
    """A request without a title: its first words stand for one, the whole is the description."""
    line = " ".join(text.split())
    title = line if len(line) <= 120 else line[:119] + "…"
    return Request(task_id=_task_id(key), title=title or "untitled", description=text)


def _task_id(key: object) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", f"t{key}")[:128]


def agent_id(tool: str) -> AgentId:
    """A tool's name as an agent id."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", tool).strip("-.")[:64] or "tool"


def past_plan(case: Case, manifest_version: str) -> Remembered:
    """What a suite expects, taken for a plan that was accepted."""
    expected = case.expected
    texts = expected.steps or tuple(agent.replace("_", " ") for agent in expected.agents)
    steps = tuple(Step(agent=agent, text=text) for agent, text in zip(expected.agents, texts, strict=True))
    return Remembered(
        key=case.request.task_id,
        text=request_text(case.request),
        manifest_version=manifest_version,
        steps=steps,
        edges=expected.edges,
    )


def manifest_of_tools(text: str) -> Manifest:
    """A `*_tools.json` list as a manifest: one agent a tool, with its description for a skill."""
    try:
        nodes: Sequence[Mapping[str, Any]] = json.loads(text)["nodes"]
        agents = tuple(_agent(node) for node in nodes)
    except (ValueError, KeyError, TypeError, AttributeError) as unreadable:
        raise InvalidInputError(
            f"the tool list cannot be read: {_reason(unreadable)}; it is a JSON object with `nodes`, each with `id` and `desc`"
        ) from unreadable
    names = Counter(agent.id for agent in agents)
    if twice := [name for name, times in names.items() if times > 1]:
        raise InvalidInputError(
            f"the tool list names {', '.join(twice)} twice; give every tool an `id` of its own"
        )
    if not agents:
        raise InvalidInputError("the tool list is empty; give `nodes`, each with `id` and `desc`")
    return Manifest(schema_version="1.0", agents=agents)


def _agent(node: Mapping[str, Any]) -> Agent:
    name = str(node["id"])
    takes = tuple(str(parameter["name"]).replace("_", " ") for parameter in node.get("parameters", ()))
    skill = Skill(
        id=agent_id(name),
        name=name.replace("_", " "),
        description=f"{node.get('desc', '')} ({', '.join(takes)})" if takes else str(node.get("desc", "")),
        input_modes=tuple(str(kind).lower() for kind in node.get("input-type", ())),
        output_modes=tuple(str(kind).lower() for kind in node.get("output-type", ())),
    )
    return Agent(
        id=agent_id(name),
        name=name.replace("_", " "),
        description=skill.description,
        domain=", ".join(node.get("domain", ())) or "general",
        skills=(skill,),
        endpoint=HttpEndpoint(kind="http", url="http://127.0.0.1:9/"),
    )
