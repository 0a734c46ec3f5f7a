"""What the house asks of MCP servers."""

from collections.abc import Mapping
from typing import Protocol

from agent.gateway.catalogue import Offered
from agent.gateway.result import ToolResult
from domain.agent import Health
from domain.tool import ToolCall

NOTHING: Mapping[str, str] = {}


class ToolServers(Protocol):
    """All servers of a manifest; `agent/gateway/client.py` tells what each verb raises."""

    async def call(
        self, call: ToolCall, *, key: str, timeout_s: float, about: Mapping[str, str] = NOTHING
    ) -> ToolResult: ...

    async def tools(self, server: str) -> Mapping[str, Offered]: ...

    async def probe(self, server: str | None = None) -> tuple[Health, str | None]: ...
