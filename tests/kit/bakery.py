"""Real work outside the process tree under test: an MCP server that counts what took effect.

Its tools stand for four trades; `hold(tool, stage)` makes the calls of one wait before their effect or after it, and
`shut()` keeps everybody out at the door. What took effect is counted here, whoever was killed meanwhile.
"""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver import Context

from tests.kit.serving import Receive, Scope, Send, serving

Stage = Literal["before", "after"]
TRADES = ("fetch", "clean", "bake", "sell")
KEY = "orchestrator/idempotency-key"


class Bakery:
    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.effects: Counter[str] = Counter()
        self.keys: dict[str, set[str]] = defaultdict(set)
        self.reached: dict[tuple[str, Stage], asyncio.Event] = defaultdict(asyncio.Event)
        self.knocked = asyncio.Event()
        self._held: dict[tuple[str, Stage], asyncio.Event] = {}
        self._door = asyncio.Event()
        self._door.set()

    def hold(self, tool: str, stage: Stage) -> None:
        self._held[tool, stage] = asyncio.Event()

    def let_go(self) -> None:
        for held in self._held.values():
            held.set()
        self._held.clear()
        self._door.set()

    def shut(self) -> None:
        self._door.clear()

    async def work(self, tool: str, key: str) -> dict[str, str]:
        """Once per key, as a tool does that knows idempotency keys."""
        self.calls[tool] += 1
        await self._pass(tool, "before")
        if key not in self.keys[tool]:
            self.keys[tool].add(key)
            self.effects[tool] += 1
        await self._pass(tool, "after")
        return {"done": tool}

    async def _pass(self, tool: str, stage: Stage) -> None:
        self.reached[tool, stage].set()
        if (held := self._held.get((tool, stage))) is not None:
            await held.wait()

    def server(self) -> MCPServer:
        server = MCPServer("bakery", log_level="CRITICAL")
        for trade in TRADES:
            server.tool(name=trade, description=f"{trade}s")(self._tool(trade))
        return server

    def _tool(self, trade: str) -> Any:
        async def tool(what: str, ctx: Context) -> dict[str, str]:
            meta = dict(ctx.request_context.meta or {})
            return await self.work(trade, str(meta.get(KEY, what)))

        return tool

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """Its address, for as long as the block lasts."""
        server = self.server()
        app = server.streamable_http_app()

        async def doorkeeper(scope: Scope, receive: Receive, send: Send) -> None:
            self.knocked.set()
            await self._door.wait()
            await app(scope, receive, send)

        async with server.session_manager.run(), serving(doorkeeper) as url:
            try:
                yield f"{url}/mcp"
            finally:
                self.let_go()


def manifest(url: str, folder: Path) -> Path:
    """A manifest whose agents are the bakery's trades, as a file."""
    tools = {
        "fetch": {"effect": "read", "idempotent": True},
        "clean": {"effect": "write", "idempotent": True},
        "bake": {"effect": "write", "idempotent": True},
        "sell": {"effect": "external", "idempotent": False},
    }
    said = {
        "fetch": ("apple picker", "Fetches apples from the orchard", ["fetch the apples", "get ten apples"]),
        "clean": ("apple cleaner", "Cleans apples", ["clean the apples", "clean them"]),
        "bake": ("pie baker", "Bakes a pie", ["bake the pie", "bake an apple pie"]),
        "sell": (
            "pie seller",
            "Publishes a pie to customers",
            ["publish the pie", "publish the pie to production"],
        ),
    }
    agents = [
        {
            "id": trade,
            "name": said[trade][0],
            "description": said[trade][1],
            "skills": [{"id": trade, "tags": [trade], "examples": said[trade][2]}],
            "tools": {"bakery": [trade]},
            "endpoint": {
                "kind": "mcp-tool",
                "server": "bakery",
                "tool": trade,
                "arguments": {"what": "{{ brief.objective }}"},
            },
            "sla": {"timeout_s": 60},
        }
        for trade in TRADES
    ]
    path = folder / "bakery.json"
    servers = {"bakery": {"transport": "streamable-http", "url": url, "tools": tools}}
    path.write_text(json.dumps({"schema_version": "1.0", "servers": servers, "agents": agents}))
    return path


REQUEST = "Fetch the apples, then clean the apples, then bake the pie, then publish the pie to production"
