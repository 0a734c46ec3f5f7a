"""Reading manifests: what is filled in, what is refused, and that every problem is told at once."""

import json
import sys
from pathlib import Path

import pytest

from agent.manifests import load_manifest, parse_manifest
from domain.base import Json, JsonObject
from domain.errors import ManifestError

AGENT: JsonObject = {
    "id": "backend",
    "skills": [{"id": "backend"}],
    "endpoint": {"kind": "http", "url": "http://127.0.0.1:9/b"},
}
MINIMAL: JsonObject = {"schema_version": "1.0", "servers": {}, "agents": [AGENT]}


def manifest(**changes: Json) -> str:
    return json.dumps({**MINIMAL, **changes})


def problems(text: str, environ: dict[str, str] | None = None) -> dict[str, str]:
    with pytest.raises(ManifestError) as refused:
        parse_manifest(text, environ or {})
    return {field.path: field.issue for field in refused.value.fields}


def test_a_manifest_without_gateway_or_servers_loads(tmp_path: Path) -> None:
    path = tmp_path / "agents.json"
    path.write_text(manifest())
    loaded = load_manifest(path, {})
    assert [agent.id for agent in loaded.agents] == ["backend"]
    assert loaded.agents[0].limits.max_concurrency == 4


def test_variables_are_filled_in_and_nothing_is_run() -> None:
    server = {
        "transport": "stdio",
        "command": "${PYTHON}",
        "args": ["${HERE:-there}", "$(id)", "`id`", "$${HERE}", "$HERE"],
    }
    loaded = parse_manifest(
        manifest(servers={"s": server}), {"HERE": "$(rm -rf /) ${PYTHON}", "PYTHON": "elsewhere"}
    )
    assert loaded.servers["s"].command == sys.executable
    assert loaded.servers["s"].args == ("$(rm -rf /) ${PYTHON}", "$(id)", "`id`", "${HERE}", "$HERE")
    assert parse_manifest(manifest(servers={"s": server}), {}).servers["s"].args[0] == "there"


def test_the_version_is_the_same_wherever_it_is_read_and_however_it_is_laid_out() -> None:
    text = manifest(gateway={"url": "${GATEWAY:-http://a}"})
    other = json.dumps(dict(reversed(json.loads(text).items())), indent=4)
    assert parse_manifest(text, {}).version == parse_manifest(other, {"GATEWAY": "http://b"}).version
    assert parse_manifest(text, {}).version != parse_manifest(manifest(), {}).version


def test_every_problem_is_told_at_once() -> None:
    tool_agent: JsonObject = {
        "id": "backend",
        "skills": [{"id": "a"}, {"id": "a"}],
        "tools": {"ghost": ["t"]},
        "endpoint": {
            "kind": "mcp-tool",
            "server": "git",
            "tool": "nope",
            "arguments": {"path": ["{{ x"]},
            "outputs": {"notes": "{% if %}"},
        },
    }
    text = manifest(
        colour="red",
        gateway={"url": "", "tool_naming": "{x}"},
        servers={
            "git": {"transport": "stdio"},
            "far": {"transport": "streamable-http", "url": "ftp://x"},
            "behind": {"transport": "gateway", "tools": {"t": {"effect": "reads"}}},
        },
        agents=[AGENT, tool_agent],
    )
    found = problems(text)
    assert found["colour"] == "unknown key"
    assert "behind the gateway are behind" in found["gateway.url"]
    assert "{server}_{tool}" in found["gateway.tool_naming"]
    assert "started by its command" in found["servers.git.command"]
    assert "not an http" in found["servers.far.url"]
    assert "destructive" in found["servers.behind.tools.t.effect"]
    assert "taken by agents[0]" in found["agents[1].id"]
    assert "taken by agents[1].skills[0]" in found["agents[1].skills[1].id"]
    assert "no server 'ghost'" in found["agents[1].tools.ghost"]
    assert "declares no tool 'nope'" in found["agents[1].endpoint"]
    assert "bad template" in found["agents[1].endpoint.arguments.path[0]"]
    assert "bad template" in found["agents[1].endpoint.outputs.notes"]
    assert len(found) == 12


def test_the_message_names_the_file_and_each_path(tmp_path: Path) -> None:
    path = tmp_path / "agents.json"
    path.write_text(manifest(colour="red", size=1))
    with pytest.raises(
        ManifestError, match=r"agents\.json is refused, 2 problems: colour: unknown key; size: unknown"
    ):
        load_manifest(path, {})


@pytest.mark.parametrize(
    ("endpoint", "path", "issue"),
    [
        ({"kind": "http"}, "agents[0].endpoint.url", "Field required"),
        ({"kind": "http", "url": "localhost:80"}, "agents[0].endpoint.url", "not an http"),
        ({"kind": "a2a", "url": "https://u:p@h"}, "agents[0].endpoint.url", "holds a password"),
        ({"kind": "carrier-pigeon"}, "agents[0].endpoint", "carrier-pigeon"),
        ({"kind": "process", "command": ""}, "agents[0].endpoint.command", "name the program"),
        ({"kind": "llm", "colour": 1}, "agents[0].endpoint.colour", "unknown key"),
        ({"kind": "llm", "max_output_tokens": 0}, "agents[0].endpoint.max_output_tokens", "greater than 0"),
    ],
)
def test_what_is_wrong_with_an_endpoint_is_said_at_its_place(
    endpoint: JsonObject, path: str, issue: str
) -> None:
    assert issue in problems(manifest(agents=[{**AGENT, "endpoint": endpoint}]))[path]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"gateway": {"auth": "s3cret"}}, "gateway.auth"),
        (
            {"servers": {"s": {"transport": "stdio", "command": "x", "env": {"API_KEY": "s3cret"}}}},
            "servers.s.env.API_KEY",
        ),
        (
            {
                "servers": {
                    "s": {
                        "transport": "streamable-http",
                        "url": "http://h",
                        "headers": {"Authorization": "Bearer s3cret"},
                    }
                }
            },
            "servers.s.headers.Authorization",
        ),
        ({"gateway": {"url": "http://h/${MY_TOKEN}"}}, "gateway.url"),
    ],
)
def test_a_secret_is_only_ever_named(changes: JsonObject, path: str) -> None:
    found = problems(manifest(**changes), {"MY_TOKEN": "s3cret"})
    assert "env:" in found[path]
    assert "s3cret" not in str(found)


def test_a_named_secret_stays_a_name() -> None:
    server = {"transport": "stdio", "command": "x", "env": {"API_KEY": "env:MINE"}}
    loaded = parse_manifest(manifest(servers={"s": server}), {"MINE": "s3cret"})
    assert "s3cret" not in loaded.model_dump_json()


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("", "not readable as JSON"),
        ("[]", "a manifest is a JSON object"),
        ('{"schema_version": NaN}', "NaN is not JSON"),
        ('{"a": ' * 100_000, "not readable as JSON"),
        ('{"schema_version": 12345678901234567890123}', "not readable as JSON"),
    ],
)
def test_what_is_no_manifest_at_all_is_refused(text: str, issue: str) -> None:
    assert issue in problems(text)[""]


def test_a_key_given_twice_is_refused() -> None:
    assert (
        problems('{"schema_version": "1", "agents": [], "agents": []}')["agents"]
        == "given twice in one object"
    )


def test_a_variable_that_is_not_set_is_named() -> None:
    found = problems(manifest(gateway={"url": "${ABSENT_ONE}"}))
    assert "ABSENT_ONE" in found["gateway.url"]


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(ManifestError, match=r"/nowhere/agents\.json cannot be read"):
        load_manifest(Path("/nowhere/agents.json"), {})


def test_the_version_may_not_be_written_by_hand() -> None:
    assert "computed" in problems(manifest(version="1"))["version"]
