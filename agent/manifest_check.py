"""What a manifest says that cannot be: names that lead nowhere, doors without address, secrets in the open.

Works on the file as read, not on the parsed manifest, so that these problems are told together with those
of its shape.
"""

from collections import Counter
from collections.abc import Iterator
from string import Formatter
from urllib.parse import urlsplit

from agent.secret import REFERENCE, SENSITIVE
from agent.specialists.template import issues as template_issues
from domain.agent import Manifest
from domain.base import Json, JsonObject
from domain.errors import FieldIssue


def issues_of(document: JsonObject) -> Iterator[FieldIssue]:
    servers = _object(document.get("servers"))
    yield from _gateway_issues(document, servers)
    for name, server in servers.items():
        yield from _server_issues(_object(server), f"servers.{name}")
    agents = [_object(agent) for agent in _list(document.get("agents"))]
    yield from _repeated([agent.get("id") for agent in agents], "agents")
    for i, agent in enumerate(agents):
        yield from _agent_issues(agent, servers, f"agents[{i}]")


def _gateway_issues(document: JsonObject, servers: JsonObject) -> Iterator[FieldIssue]:
    gateway = {**_default("gateway"), **_object(document.get("gateway"))}
    behind = [
        name for name, server in servers.items() if _object(server).get("transport", "gateway") == "gateway"
    ]
    if behind and not gateway["url"]:
        yield FieldIssue("gateway.url", f"missing, and behind the gateway are {', '.join(behind)}")
    elif behind:
        yield from _url_issues(gateway["url"], "gateway.url")
    naming = gateway["tool_naming"]
    if isinstance(naming, str):
        yield from _naming_issues(naming)
    auth = gateway.get("auth")
    if isinstance(auth, str) and not auth.startswith("env:"):
        yield FieldIssue("gateway.auth", "write the bearer token as env:NAME, never itself")


def _naming_issues(naming: str) -> Iterator[FieldIssue]:
    try:
        fields = [name for _, name, _, _ in Formatter().parse(naming) if name is not None]
    except ValueError as error:
        yield FieldIssue("gateway.tool_naming", f"bad pattern: {error}")
        return
    if "tool" not in fields or set(fields) - {"server", "tool"}:
        yield FieldIssue(
            "gateway.tool_naming", "write a pattern of {server} and {tool}, such as {server}_{tool}"
        )


def _server_issues(server: JsonObject, path: str) -> Iterator[FieldIssue]:
    match server.get("transport", "gateway"):
        case "stdio" if not server.get("command"):
            yield FieldIssue(f"{path}.command", "missing: a stdio server is started by its command")
        case "streamable-http":
            yield from _url_issues(server.get("url"), f"{path}.url")
        case _:
            pass
    yield from _secret_issues(server, path)


def _agent_issues(agent: JsonObject, servers: JsonObject, path: str) -> Iterator[FieldIssue]:
    endpoint = _object(agent.get("endpoint"))
    match endpoint.get("kind"):
        case "mcp-tool":
            yield from _tool_issues(endpoint.get("server"), endpoint.get("tool"), servers, f"{path}.endpoint")
            for part in ("arguments", "outputs"):
                yield from template_issues(endpoint.get(part), where=f"{path}.endpoint.{part}")
        case "a2a" | "http" if "url" in endpoint:
            yield from _url_issues(endpoint["url"], f"{path}.endpoint.url")
        case "process" if endpoint.get("command") == "":
            yield FieldIssue(f"{path}.endpoint.command", "empty: name the program to start")
        case _:
            pass
    yield from _secret_issues(endpoint, f"{path}.endpoint")
    skills = [_object(skill).get("id") for skill in _list(agent.get("skills"))]
    yield from _repeated(skills, f"{path}.skills")
    for server, tools in _object(agent.get("tools")).items():
        for tool in _list(tools):
            yield from _tool_issues(server, tool, servers, f"{path}.tools.{server}")


def _tool_issues(server: Json, tool: Json, servers: JsonObject, path: str) -> Iterator[FieldIssue]:
    if not isinstance(server, str) or not isinstance(tool, str):
        return
    if server not in servers:
        yield FieldIssue(path, f"there is no server {server!r}; servers are {_names(servers)}")
    elif tool not in (tools := _object(_object(servers[server]).get("tools"))):
        yield FieldIssue(path, f"server {server!r} declares no tool {tool!r}; it declares {_names(tools)}")


def _secret_issues(holder: JsonObject, path: str) -> Iterator[FieldIssue]:
    for part in ("headers", "env"):
        for name, value in _object(holder.get(part)).items():
            if SENSITIVE.search(name) and isinstance(value, str) and value and not REFERENCE.match(value):
                yield FieldIssue(f"{path}.{part}.{name}", "a secret is written as env:NAME, never itself")


def _url_issues(url: Json, path: str) -> Iterator[FieldIssue]:
    if not isinstance(url, str) or not url:
        yield FieldIssue(path, "missing: write where it is reached, http://… or https://…")
        return
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        yield FieldIssue(path, f"{url!r} is not an http:// or https:// address")
    elif parts.password:
        yield FieldIssue(path, "the address holds a password; send it as a header written env:NAME")


def _repeated(ids: list[Json], path: str) -> Iterator[FieldIssue]:
    counted = Counter(name for name in ids if isinstance(name, str))
    for i, name in enumerate(ids):
        if isinstance(name, str) and counted[name] > 1 and ids.index(name) != i:
            yield FieldIssue(
                f"{path}[{i}].id", f"{name!r} is taken by {path}[{ids.index(name)}]; ids are unique"
            )


def _default(field: str) -> JsonObject:
    default = Manifest.model_fields[field].default
    dumped: JsonObject = default.model_dump(mode="json")
    return dumped


def _names(values: JsonObject) -> str:
    return ", ".join(values) or "none"


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
