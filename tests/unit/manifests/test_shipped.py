"""The manifest that ships with the product, and its schema."""

import json
from importlib import resources

import jsonschema
import pytest

from agent.manifests import SCHEMA, SHIPPED, default_manifest, manifest_schema
from domain.agent import LlmEndpoint, Manifest, McpToolEndpoint

SEED_SERVERS = {
    "memory": {"create_entities", "create_relations", "read_graph", "search_nodes"},
    "context7": {"search_docs", "list_docs"},
    "notion": {"create_page", "update_page", "search_pages", "query_database"},
    "gitmcp": {"clone", "commit", "push", "status", "diff"},
    "dockerhub": {"list_tags", "inspect_image", "search_images"},
    "playwright": {"navigate", "click", "screenshot", "pdf"},
    "rust-mcp-filesystem": {"read_file", "write_file", "list_directory", "search"},
    "time": {"get_current_time", "convert_time"},
    "fetch": {"fetch"},
}
SPECIALISTS = {
    "feature-dev", "code-review", "infrastructure", "cicd", "documentation",
    "testing", "security", "database", "release", "research",
}  # fmt: skip


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return default_manifest({})


def test_the_schema_beside_it_is_the_one_the_models_make() -> None:
    written = json.loads(resources.files("manifests").joinpath(SCHEMA).read_text("utf-8"))
    assert written == manifest_schema(), f"python -m agent.manifests > manifests/{SCHEMA}"


def test_it_keeps_to_its_schema() -> None:
    document = json.loads(resources.files("manifests").joinpath(SHIPPED).read_text("utf-8"))
    jsonschema.Draft202012Validator(manifest_schema()).validate(document)


def test_the_nine_shared_servers_are_there_and_none_of_them_must_be(manifest: Manifest) -> None:
    for name, tools in SEED_SERVERS.items():
        server = manifest.servers[name]
        assert (server.transport, server.optional) == ("gateway", True)
        assert tools <= set(server.tools)


def test_every_specialist_is_there_and_shows_by_examples_what_it_does(manifest: Manifest) -> None:
    assert {agent.id for agent in manifest.agents} >= SPECIALISTS
    for agent in manifest.agents:
        assert all(len(skill.examples) >= 6 and skill.description and skill.tags for skill in agent.skills), (
            agent.id
        )


def test_specialists_without_a_tool_think(manifest: Manifest) -> None:
    assert all(
        isinstance(agent.endpoint, LlmEndpoint) for agent in manifest.agents if agent.id in SPECIALISTS
    )


def test_only_publishing_leaves_the_house_and_doing_it_twice_is_not_harmless(manifest: Manifest) -> None:
    effects = {
        a.id: manifest.effect_of(a) for a in manifest.agents if isinstance(a.endpoint, McpToolEndpoint)
    }
    assert effects.pop("publisher") == ("external", False)
    assert {effect for effect, _ in effects.values()} == {"read", "write"}
    assert all(idempotent for _, idempotent in effects.values())


def test_what_one_agent_needs_another_makes(manifest: Manifest) -> None:
    made = {name for agent in manifest.agents for skill in agent.skills for name in skill.produces}
    needed = {name for agent in manifest.agents for skill in agent.skills for name in skill.consumes}
    assert needed <= made
