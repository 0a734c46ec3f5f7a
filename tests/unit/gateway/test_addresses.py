"""Where servers are and what their tools are called, before anything is opened."""

import sys

import pytest

from agent.gateway.catalogue import Catalogue, Offered
from agent.gateway.errors import NotSentError, ToolMissingError
from agent.gateway.servers import GATEWAY, Dialled, Started, address_of, door_to
from domain.agent import Manifest
from domain.tool import Gateway, Server

MANIFEST = Manifest(
    schema_version="1.0",
    gateway=Gateway(url="http://gateway-mcp:8000", auth="env:TOKEN"),
    servers={
        "time": Server(transport="gateway"),
        "own": Server(transport="stdio", command=sys.executable, args=("-m", "agent.workspace")),
        "other": Server(transport="stdio", command="npx", env={"API_KEY": "env:KEY"}),
        "far": Server(
            transport="streamable-http", url="https://far/mcp", headers={"Authorization": "Bearer env:KEY"}
        ),
    },
    agents=(),
)


def offering(*names: str) -> Catalogue:
    return Catalogue({name: Offered(name, "") for name in names}, 0.0)


@pytest.mark.parametrize(
    ("url", "reached"),
    [
        ("http://gateway-mcp:8000", "http://gateway-mcp:8000/mcp"),
        ("http://gateway-mcp:8000/", "http://gateway-mcp:8000/"),
        ("http://gateway-mcp:8000/servers/1/mcp", "http://gateway-mcp:8000/servers/1/mcp"),
    ],
)
def test_a_gateway_written_as_a_bare_host_is_asked_where_gateways_listen(url: str, reached: str) -> None:
    manifest = MANIFEST.model_copy(update={"gateway": Gateway(url=url)})
    assert address_of(manifest, "time", {}) == Dialled(reached, {})


def test_secrets_are_looked_up_at_the_last_moment() -> None:
    environ = {"TOKEN": "t", "KEY": "k", "OTHER": "o"}
    assert address_of(MANIFEST, "time", environ) == Dialled(
        "http://gateway-mcp:8000/mcp", {"Authorization": "Bearer t"}
    )
    assert address_of(MANIFEST, "far", environ) == Dialled("https://far/mcp", {"Authorization": "Bearer k"})
    other = address_of(MANIFEST, "other", environ)
    assert isinstance(other, Started)
    assert other.env == {"API_KEY": "k"}


def test_a_server_run_by_our_own_interpreter_cannot_be_replaced_by_a_folder_of_its_name() -> None:
    own = address_of(MANIFEST, "own", {})
    assert isinstance(own, Started)
    assert own.env["PYTHONSAFEPATH"] == "1"


def test_servers_behind_the_gateway_share_one_connection_and_others_have_their_own() -> None:
    assert door_to(MANIFEST, "time").connection == GATEWAY
    assert door_to(MANIFEST, "own").connection != door_to(MANIFEST, "other").connection
    with pytest.raises(NotSentError, match="no server is called 'ghost'"):
        door_to(MANIFEST, "ghost")


@pytest.mark.parametrize(
    "name", ["time_convert_time", "time-convert-time", "time__convert_time", "Time.Convert.Time"]
)
def test_names_are_found_whatever_joins_them(name: str) -> None:
    assert offering(name, "other_tool").resolve("time", "convert_time", "{server}_{tool}") == name


def test_the_pattern_s_own_name_goes_first() -> None:
    found = offering("time-convert-time", "time_convert_time").resolve(
        "time", "convert_time", "{server}_{tool}"
    )
    assert found == "time_convert_time"


def test_a_tool_of_another_server_is_not_taken_for_it() -> None:
    with pytest.raises(ToolMissingError, match="offers no tool"):
        offering("read_file", "filesystem_read_file").resolve(
            "rust-mcp-filesystem", "read_file", "{server}_{tool}"
        )


def test_where_two_names_could_be_meant_neither_is_called() -> None:
    with pytest.raises(ToolMissingError, match="could be any of"):
        offering("time-convert-time", "time__convert_time").resolve("time", "convert_time", "{server}_{tool}")
