"""A gateway of the older protocol, with sessions, that answers a call as the test demands.

Written by hand, because the library's own server cannot be made to break its promises.
"""

import json
from typing import Any

from tests.kit.serving import Receive, Scope, Send, answer, body_of

VERSION = "2025-11-25"


class LegacyGateway:
    """`calls` counts tool calls that were carried out; `next_call` is how the next one is answered."""

    def __init__(self) -> None:
        self.sessions: set[str] = set()
        self.opened = 0
        self.calls = 0
        self.tokens: list[str | None] = []
        self.next_call: tuple[int, bytes] | None = None
        self.cut_off = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        body = await body_of(receive)
        if scope["method"] != "POST":
            await answer(send, 405, b"")
            return
        message = json.loads(body)
        self.tokens.append(headers.get("authorization"))
        if message["method"] == "initialize":
            await self._initialize(message, send)
        elif message["method"] == "server/discover":
            await answer(send, 400, _error(message, -32601, "Method not found"))
        elif headers.get("mcp-session-id") not in self.sessions:
            await answer(send, 404, b"")
        elif "id" not in message:
            await answer(send, 202, b"")
        elif message["method"] == "tools/list":
            tools = [{"name": "toolbox_count", "inputSchema": {"type": "object"}}]
            await answer(send, 200, _result(message, {"tools": tools}))
        else:
            await self._call(message, send)

    async def _initialize(self, message: dict[str, Any], send: Send) -> None:
        self.opened += 1
        session = f"session-{self.opened}"
        self.sessions.add(session)
        server = {"name": "legacy", "version": "1"}
        result = {"protocolVersion": VERSION, "capabilities": {"tools": {}}, "serverInfo": server}
        await answer(send, 200, _result(message, result), {"mcp-session-id": session})

    async def _call(self, message: dict[str, Any], send: Send) -> None:
        if self.next_call is not None:
            status, body = self.next_call
            await answer(send, status, body)
            return
        self.calls += 1
        whole = _result(message, {"content": [{"type": "text", "text": str(self.calls)}]})
        if self.cut_off:
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(whole)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": whole[:20], "more_body": True})
            return
        await answer(send, 200, whole)


def _result(message: dict[str, Any], result: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()


def _error(message: dict[str, Any], code: int, text: str) -> bytes:
    return json.dumps(
        {"jsonrpc": "2.0", "id": message["id"], "error": {"code": code, "message": text}}
    ).encode()
