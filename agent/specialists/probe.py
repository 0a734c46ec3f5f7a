"""Whether an agent can be reached now, and has the tools it needs."""

import asyncio
import shutil
from collections.abc import Callable
from typing import assert_never

import httpx

from agent.gateway.errors import NotSentError
from agent.gateway.port import ToolServers
from agent.specialists.llm import NO_MODEL
from domain.agent import (
    A2aEndpoint,
    Agent,
    AgentState,
    Health,
    HttpEndpoint,
    LlmEndpoint,
    Manifest,
    McpToolEndpoint,
    ProcessEndpoint,
)

KNOCK_S = 5.0


class Probe:
    def __init__(
        self,
        gateway: ToolServers,
        client: httpx.AsyncClient,
        manifest: Callable[[], Manifest],
        *,
        has_model: bool,
    ) -> None:
        self._gateway = gateway
        self._client = client
        self._manifest = manifest
        self._has_model = has_model

    async def state(self, agent: Agent) -> AgentState:
        health, reason = await self._health(agent)
        missing = await self._missing(agent) if health != "unhealthy" else ()
        if missing and reason is None:
            reason = f"it lacks {', '.join(missing)}"
        return AgentState(agent=agent.id, health=health, reason=reason, missing_tools=missing)

    async def _health(self, agent: Agent) -> tuple[Health, str | None]:
        match agent.endpoint:
            case McpToolEndpoint(server=server):
                return await self._gateway.probe(server)
            case LlmEndpoint():
                # Asking a model costs money; whether it answers shows when it is needed.
                return ("unknown", None) if self._has_model else ("unhealthy", NO_MODEL)
            case A2aEndpoint(url=url) | HttpEndpoint(url=url):
                return await self._knock(url)
            case ProcessEndpoint(command=command, cwd=cwd):
                found = shutil.which(command, path=None) or (cwd and shutil.which(f"{cwd}/{command}"))
                return ("healthy", None) if found else ("unhealthy", f"there is no program {command!r} here")
            case other:
                assert_never(other)

    async def _knock(self, url: str) -> tuple[Health, str | None]:
        """Any HTTP answer means that somebody is there; what is asked of it is harmless."""
        try:
            async with asyncio.timeout(KNOCK_S):
                await self._client.head(url, timeout=None)
        except (httpx.HTTPError, TimeoutError) as error:
            return "unhealthy", f"{url} does not answer: {str(error) or type(error).__name__}"
        return "healthy", None

    async def _missing(self, agent: Agent) -> tuple[str, ...]:
        """Tools that it needs and that are not there. Servers marked optional may be absent."""
        servers, needed = self._manifest().servers, {name: set(tools) for name, tools in agent.tools.items()}
        if isinstance(agent.endpoint, McpToolEndpoint):
            needed.setdefault(agent.endpoint.server, set()).add(agent.endpoint.tool)
        own = agent.endpoint.server if isinstance(agent.endpoint, McpToolEndpoint) else None
        missing: list[str] = []
        for server, tools in needed.items():
            if server != own and (declared := servers.get(server)) and declared.optional:
                continue
            missing += [f"{server}.{tool}" for tool in sorted(tools - await self._offered(server))]
        return tuple(missing)

    async def _offered(self, server: str) -> set[str]:
        try:
            return set(await self._gateway.tools(server))
        except NotSentError:
            return set()
