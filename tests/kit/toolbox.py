"""A real MCP server whose tools misbehave on demand and write down what reached them.

Run as a program it speaks over stdio, or with `--http PORT` over streamable HTTP as a gateway does. The
journal is a file of JSON lines that outlives the server, so that effects can be counted after a crash.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvicorn
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, ImageContent, ResourceLink, TextContent

NAME = "toolbox"


class Journal:
    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, event: str, **detail: object) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps({"event": event, "pid": os.getpid(), **detail}) + "\n")

    def read(self) -> list[dict[str, object]]:
        return (
            [json.loads(line) for line in self._path.read_text().splitlines()] if self._path.exists() else []
        )

    def events(self) -> list[object]:
        return [entry["event"] for entry in self.read()]


def toolbox(journal: Journal, *, naming: str = "{tool}") -> MCPServer:
    server = MCPServer(NAME, log_level="CRITICAL")

    def named(tool: str) -> str:
        return naming.format(server=NAME, tool=tool)

    @server.tool(name=named("echo"), description="Says it again")
    def echo(value: str) -> dict[str, str]:
        journal.write("echo", value=value)
        return {"value": value}

    @server.tool(name=named("whose"), description="Tells what came along in _meta", structured_output=False)
    def whose(ctx: Context) -> str:
        meta = ctx.request_context.meta or {}
        return json.dumps({key: value for key, value in dict(meta).items() if isinstance(value, str)})

    @server.tool(name=named("hang"), description="Works until it is stopped")
    async def hang(seconds: float) -> str:
        journal.write("hang started")
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            journal.write("hang stopped")
            raise
        journal.write("hang finished")
        return "done"

    @server.tool(name=named("fail"), description="Says that it failed")
    def fail(reason: str) -> str:
        journal.write("fail")
        raise ToolError(reason)

    @server.tool(name=named("disguise"), description="Fails without marking it", structured_output=False)
    def disguise(text: str) -> str:
        return text

    @server.tool(name=named("die"), description="Has its effect and takes the server down before answering")
    def die() -> str:
        journal.write("die")
        os._exit(7)

    server.tool(name=named("serve"), description="Has its effect, then answers once a file is there")(
        _serve(journal)
    )

    @server.tool(name=named("attach"), description="Answers with a picture and a link")
    def attach() -> CallToolResult:
        picture = ImageContent(type="image", data="iVBORw0KGgo=", mime_type="image/png")
        link = ResourceLink(
            type="resource_link", name="report", uri="file:///tmp/report.txt", mime_type="text/plain"
        )
        return CallToolResult(content=[TextContent(type="text", text="see below"), picture, link])

    @server.tool(name=named("large"), description="Answers with so many characters")
    def large(size: int) -> dict[str, str]:
        return {"text": "x" * size}

    return server


def _serve(journal: Journal) -> Callable[[str, str], Awaitable[dict[str, str]]]:
    async def serve(order: str, gate: str) -> dict[str, str]:
        journal.write("serve", order=order)
        while not os.path.exists(gate):  # noqa: ASYNC240, PTH110  nobody else is served meanwhile
            await asyncio.sleep(0.02)
        return {"served": order}

    return serve


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--http", type=int)
    parser.add_argument("--naming", default="{tool}")
    parser.add_argument("--slow-start", type=float, default=0.0)
    parser.add_argument("--refuse-to-start", default="")
    arguments = parser.parse_args()
    if arguments.refuse_to_start:
        sys.exit(arguments.refuse_to_start)
    time.sleep(arguments.slow_start)
    journal = Journal(arguments.journal)
    journal.write("start")
    server = toolbox(journal, naming=arguments.naming)
    if arguments.http is None:
        asyncio.run(server.run_stdio_async())
    else:
        app = server.streamable_http_app()
        uvicorn.run(app, host="127.0.0.1", port=arguments.http, log_level="critical")


if __name__ == "__main__":
    main()
