"""The gateway for a service that must start quickly: MCP's library, a second to import, comes with the first use."""

import asyncio
import importlib
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from agent.gateway.catalogue import Offered
from agent.gateway.port import NOTHING
from agent.gateway.result import ToolResult
from domain.agent import Health, Manifest
from domain.tool import ToolCall

if TYPE_CHECKING:
    from agent.gateway.client import McpGateway


class LateGateway:
    """`McpGateway`, opened when somebody first needs it, and kept by a task of its own until this is left."""

    def __init__(self, manifest: Callable[[], Manifest], environ: Mapping[str, str]) -> None:
        self._manifest = manifest
        self._environ = environ
        self._wanted = asyncio.Event()
        self._closing = asyncio.Event()
        self._opened: asyncio.Future[McpGateway] = asyncio.get_running_loop().create_future()
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._keeper = asyncio.create_task(self._keep(), name="gateway")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._closing.set()
        self._wanted.set()
        if self._keeper is not None:
            await self._keeper

    async def call(
        self, call: ToolCall, *, key: str, timeout_s: float, about: Mapping[str, str] = NOTHING
    ) -> ToolResult:
        return await (await self._gateway()).call(call, key=key, timeout_s=timeout_s, about=about)

    async def tools(self, server: str) -> Mapping[str, Offered]:
        return await (await self._gateway()).tools(server)

    async def probe(self, server: str | None = None) -> tuple[Health, str | None]:
        return await (await self._gateway()).probe(server)

    async def _gateway(self) -> "McpGateway":
        self._wanted.set()
        return await asyncio.shield(self._opened)

    async def _keep(self) -> None:
        await self._wanted.wait()
        if self._closing.is_set():
            self._opened.cancel()
            return
        client = await asyncio.to_thread(importlib.import_module, "agent.gateway.client")
        async with client.McpGateway(self._manifest, self._environ) as gateway:
            self._opened.set_result(gateway)
            await self._closing.wait()
