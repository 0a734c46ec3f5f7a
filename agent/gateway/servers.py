"""How each server of a manifest is reached: everything looked up and filled in, nothing opened yet."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from agent.gateway.errors import NotSentError
from agent.secret import REFERENCE, reveal_all
from domain.agent import Manifest
from domain.tool import Gateway, Server

GATEWAY = "gateway"
"""The one connection that all servers behind the gateway share."""

_HOME = Path(__file__).parents[2]


class Started(NamedTuple):
    """A child process that speaks over its standard input and output."""

    command: str
    args: tuple[str, ...]
    env: dict[str, str]
    cwd: str | None


class Dialled(NamedTuple):
    """An HTTP address that speaks streamable HTTP."""

    url: str
    headers: dict[str, str]


Address = Started | Dialled


class Door(NamedTuple):
    """Which connection leads to a server, and how tools are called behind it."""

    connection: str
    naming: str


def door_to(manifest: Manifest, server: str) -> Door:
    declared = manifest.servers.get(server)
    if declared is None:
        raise NotSentError(
            f"no server is called {server!r}; servers are {', '.join(manifest.servers) or 'none'}"
        )
    if declared.transport == "gateway":
        return Door(GATEWAY, manifest.gateway.tool_naming)
    return Door(f"server:{server}", "{tool}")


def address_of(manifest: Manifest, server: str, environ: Mapping[str, str]) -> Address:
    """Where the server is, with secrets looked up: to be used at once and kept nowhere."""
    declared = manifest.servers[server]
    match declared.transport:
        case "gateway":
            return _gateway(manifest.gateway, environ)
        case "streamable-http":
            return Dialled(
                declared.url or "", reveal_all(declared.headers, environ, where=f"server {server}")
            )
        case "stdio":
            return _started(server, declared, environ)


def _gateway(gateway: Gateway, environ: Mapping[str, str]) -> Dialled:
    """A token whose variable is not set is not sent: a gateway that wants one says so itself."""
    parts = urlsplit(gateway.url)
    # A bare host is how gateways are written down; the protocol lives under /mcp there.
    url = gateway.url if parts.path else urlunsplit(parts._replace(path="/mcp"))
    reference = REFERENCE.match(gateway.auth or "")
    token = environ.get(reference["name"]) if reference else None
    return Dialled(url, {"Authorization": f"Bearer {token}"} if token else {})


def _started(name: str, server: Server, environ: Mapping[str, str]) -> Started:
    """Children get the variables they declare and a safe few besides, never the whole environment."""
    env = reveal_all(server.env, environ, where=f"server {name}")
    if server.command == sys.executable:
        # Servers installed beside the product are found wherever it was started from, and a folder that
        # happens to be called like one of them does not take its place.
        env = {"PYTHONPATH": os.fspath(_HOME), "PYTHONSAFEPATH": "1", **env}
    return Started(server.command or "", server.args, env, server.cwd)
