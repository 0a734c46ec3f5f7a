"""The manifest and the policy, the servers that enabled agents use, and the gateway."""

import asyncio

from agent.bootstrap.plans import environ_of, plans
from agent.cli.doctor.check import Check, broken, off, ok, warning
from agent.cli.doctor.models import models
from agent.cli.needs import behind_gateway, servers
from agent.config import Settings
from agent.gateway.client import McpGateway
from agent.gateway.connection import OPENING_S
from agent.gateway.errors import NotSentError
from domain.agent import Manifest
from domain.errors import ConfigurationError, ManifestError, OrchestratorError, PolicyError


async def agents(settings: Settings, read: asyncio.Event) -> list[Check]:
    """`read` is set once manifest and policy are read: until then it computes, and others get few turns."""
    try:
        drawn = await asyncio.to_thread(plans, settings)
    except ManifestError as error:
        return [broken("manifest", error.message, "Mend the file, or name another with --manifest.")]
    except PolicyError as error:
        return [broken("policy", error.message, "Mend the file, or name another with --policy.")]
    except ConfigurationError as error:
        return [broken("embeddings", error.message)]
    except OrchestratorError as error:
        return [broken("manifest", error.message)]
    finally:
        read.set()
    manifest = drawn.manifest
    enabled = [agent for agent in manifest.agents if agent.status == "enabled"]
    told = [
        ok("manifest", f"{_named(settings.orchestrator_manifest)}, {len(enabled)} enabled agents"),
        ok("policy", f"{_named(settings.orchestrator_policy)}, version {drawn.policy.version[:12]}"),
        _embeddings(settings),
    ]
    reached, answering = await asyncio.gather(_servers(settings, manifest), models(settings, enabled))
    return [*told, *reached, *answering]


def _embeddings(settings: Settings) -> Check:
    """Reading the model is the check, and whoever gets here has read it."""
    if settings.routing_embeddings is None:
        mend = "Set ROUTING_EMBEDDINGS to have a sentence model route as well."
        return off("embeddings", "not set: agents are chosen by words alone", mend)
    return ok("embeddings", f"the sentence model in {settings.routing_embeddings} has a say in routing")


def _named(path: object) -> str:
    return "the shipped one" if path is None else str(path)


async def _servers(settings: Settings, manifest: Manifest) -> list[Check]:
    needed = servers(manifest)
    async with McpGateway(lambda: manifest, environ_of(settings)) as gateway:
        checks = [_server(gateway, manifest, name, tools) for name, tools in sorted(needed.items())]
        return [await _gateway(gateway, settings, manifest), *await asyncio.gather(*checks)]


async def _gateway(gateway: McpGateway, settings: Settings, manifest: Manifest) -> Check:
    behind = behind_gateway(manifest)
    if not behind and settings.mcp_gateway_url is None:
        return off("gateway", "not used: no enabled agent needs a server behind it")
    health, reason = await gateway.probe()
    if health == "healthy":
        return ok("gateway", f"{manifest.gateway.url} answers")
    mend = "Start it, or name where it is with MCP_GATEWAY_URL."
    optional = all(manifest.servers[name].optional for name in behind)
    return (warning if optional else broken)("gateway", f"{reason}", mend)


async def _server(gateway: McpGateway, manifest: Manifest, name: str, tools: set[str]) -> Check:
    title = f"server {name}"
    try:
        # As long as the service itself lets it take to start: a busy machine makes no server ill.
        async with asyncio.timeout(OPENING_S):
            lacking = tools - set(await gateway.tools(name, OPENING_S))
    except (NotSentError, TimeoutError) as error:
        why = str(error) or f"no answer within {OPENING_S:g} s"
        declared = manifest.servers.get(name)
        if declared is not None and declared.optional:
            return warning(title, f"does not answer: {why}", "Agents that need it wait until it does.")
        return broken(title, f"does not answer: {why}", "Agents that need it are blocked until it does.")
    if lacking:
        return broken(
            title, f"answers, and lacks {', '.join(sorted(lacking))}", "Use a version that has them."
        )
    return ok(title, f"answers, with {', '.join(sorted(tools))}")
