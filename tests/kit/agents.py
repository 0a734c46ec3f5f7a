"""Agents of every kind, each a real counterpart that behaves as it is told: `answers`, `fails`, `hangs`, `dies`,
`large`, `asks` for a tool, `oversteps` by a tool; and `absent`, which is nobody at all.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import psutil

from agent.llm.openai import OpenAiModel
from agent.llm.speaker import Speaker
from domain.agent import (
    A2aEndpoint,
    Endpoint,
    HttpEndpoint,
    LlmEndpoint,
    Manifest,
    McpToolEndpoint,
    ProcessEndpoint,
)
from domain.tool import Server
from tests.kit.backends import manifest_of, toolbox_over_stdio
from tests.kit.drafts import Hand
from tests.kit.model import Fails, Hangs, HangsUp, Line, Says, scripted
from tests.kit.serving import Receive, Scope, Send, answer, body_of, serving
from tests.kit.toolbox import Journal

Behaviour = Literal["answers", "fails", "hangs", "dies", "large", "asks", "oversteps", "absent"]

OBJECTIVE = "say {{ 7*7 }} — “as it is”"
REASON = "the moon is in the way"
LARGE = 40_000
ASKS: dict[str, Any] = {"asks": {"tool": "git.push", "arguments": {"force": True}, "why": "it was rejected"}}
OVERSTEPS: dict[str, Any] = {"said": "done", "calls": [{"tool": "git.log"}, {"tool": "git.push"}]}
NOWHERE = "http://127.0.0.1:9"


@dataclass
class World:
    """One agent and how to see what it did: `began` its work, was `stopped` by whoever asked."""

    endpoint: Endpoint
    began: Callable[[], bool]
    stopped: Callable[[], bool]
    manifest: Manifest = field(default_factory=manifest_of)
    models: tuple[Speaker, ...] = ()


@asynccontextmanager
async def mcp_tool(behaviour: Behaviour, folder: Path) -> AsyncIterator[World]:
    journal = Journal(folder / "journal")
    tools: dict[Behaviour, tuple[str, dict[str, Any], dict[str, str]]] = {
        "answers": ("echo", {"value": "{{ brief.objective }}"}, {"said": "{{ result.structured.value }}"}),
        "fails": ("fail", {"reason": REASON}, {}),
        "hangs": ("hang", {"seconds": 60}, {}),
        "dies": ("die", {}, {}),
        "large": ("large", {"size": LARGE}, {"said": "{{ result.structured.text }}"}),
        "absent": ("echo", {"value": ""}, {}),
    }
    tool, arguments, outputs = tools[behaviour]
    server = (
        Server(transport="stdio", command="/nowhere")
        if behaviour == "absent"
        else toolbox_over_stdio(folder / "journal")
    )
    yield World(
        endpoint=McpToolEndpoint(
            kind="mcp-tool", server="toolbox", tool=tool, arguments=arguments, outputs=outputs
        ),
        began=lambda: "hang started" in journal.events(),
        stopped=lambda: "hang stopped" in journal.events(),
        manifest=manifest_of(toolbox=server),
    )


@asynccontextmanager
async def llm(behaviour: Behaviour, folder: Path) -> AsyncIterator[World]:
    lines: Mapping[Behaviour, tuple[Line, ...]] = {
        "answers": (Says(OBJECTIVE),),
        "fails": (Fails(400, REASON),),
        "hangs": (Hangs(),),
        "dies": (HangsUp(),),
        "large": (Says("x" * LARGE),),
        "absent": (),
    }
    async with scripted(*lines[behaviour]) as server:
        url = f"{NOWHERE}/v1" if behaviour == "absent" else server.url
        model = OpenAiModel("small", api_key="k", base_url=url)
        yield World(
            endpoint=LlmEndpoint(kind="llm", instructions="Repeat."),
            began=lambda: bool(server.requests),
            stopped=server.stopped.is_set,
            models=(Speaker("small", model, Hand()),),
        )
        server.script.clear()  # a probe asks a model nothing
        await model.aclose()


@asynccontextmanager
async def http(behaviour: Behaviour, folder: Path) -> AsyncIterator[World]:
    agent = HttpAgent()
    async with serving(agent) as url:
        where = NOWHERE if behaviour == "absent" else url
        yield World(
            endpoint=HttpEndpoint(kind="http", url=f"{where}/{behaviour}"),
            began=agent.began.is_set,
            stopped=agent.stopped.is_set,
        )


@asynccontextmanager
async def a2a(behaviour: Behaviour, folder: Path) -> AsyncIterator[World]:
    agent = A2aAgent()
    async with serving(agent) as url:
        where = NOWHERE if behaviour == "absent" else url
        yield World(
            endpoint=A2aEndpoint(kind="a2a", url=f"{where}/{behaviour}"),
            began=agent.began.is_set,
            stopped=agent.stopped.is_set,
        )


PROGRAM = """
import json, os, signal, subprocess, sys, time
behaviour, notes = sys.argv[1:]
brief = json.load(sys.stdin)
with open(notes, "a") as file: file.write(f"{os.getpid()}\\n")
if behaviour == "answers": json.dump({"outputs": {"said": brief["objective"]}}, sys.stdout)
if behaviour == "large": json.dump({"said": "x" * 40000}, sys.stdout)
if behaviour == "asks": json.dump(ASKS, sys.stdout)
if behaviour == "oversteps": json.dump(OVERSTEPS, sys.stdout)
if behaviour == "fails": sys.exit("the moon is in the way")
if behaviour == "dies": os.kill(os.getpid(), signal.SIGKILL)
if behaviour == "hangs":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it does not want to end
    helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with open(notes, "a") as file: file.write(f"{helper.pid}\\n")
    time.sleep(60)
""".replace("OVERSTEPS", repr(OVERSTEPS)).replace("ASKS", repr(ASKS))


@asynccontextmanager
async def process(behaviour: Behaviour, folder: Path) -> AsyncIterator[World]:
    notes = folder / "pids"

    def pids() -> list[int]:
        return [int(line) for line in notes.read_text().split()] if notes.exists() else []

    command = "/nowhere/agent" if behaviour == "absent" else sys.executable
    yield World(
        endpoint=ProcessEndpoint(
            kind="process", command=command, args=("-c", PROGRAM, behaviour, os.fspath(notes))
        ),
        began=lambda: len(pids()) == 2,
        stopped=lambda: not any(psutil.pid_exists(pid) for pid in pids()),
    )


class HttpAgent:
    """Behaves as the last part of the path says."""

    def __init__(self) -> None:
        self.began, self.stopped = asyncio.Event(), asyncio.Event()
        self.headers: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        body = await body_of(receive)
        if scope["method"] != "POST":
            await answer(send, 405, b"")
            return
        brief = json.loads(body)
        match scope["path"].rsplit("/", 1)[-1]:
            case "answers":
                await answer(send, 200, json.dumps({"outputs": {"said": brief["objective"]}}).encode())
            case "large":
                await answer(send, 200, json.dumps({"said": "x" * LARGE}).encode())
            case "asks":
                await answer(send, 200, json.dumps(ASKS).encode())
            case "oversteps":
                await answer(send, 200, json.dumps(OVERSTEPS).encode())
            case "fails":
                await answer(send, 422, REASON.encode())
            case "dies":
                await send(
                    {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"99")]}
                )
                await send({"type": "http.response.body", "body": b"{", "more_body": True})
            case _:
                self.began.set()
                while (await receive())["type"] != "http.disconnect":
                    pass
                self.stopped.set()


class A2aAgent:
    """An agent of protocol 0.3 that takes every message as a task, and says so once it `may_answer`."""

    def __init__(self) -> None:
        self.began, self.stopped, self.may_answer = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.may_answer.set()
        self.asked: list[dict[str, Any]] = []
        self.looks = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await body_of(receive)
        if scope["method"] != "POST":
            await answer(send, 405, b"")
            return
        request = json.loads(body)
        self.asked.append(request)
        behaviour = scope["path"].rsplit("/", 1)[-1]
        if behaviour == "dies":
            await send(
                {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"99")]}
            )
            await send({"type": "http.response.body", "body": b"{", "more_body": True})
            return
        result = self._task(request, behaviour)
        await self.may_answer.wait()
        await answer(
            send, 200, json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}).encode()
        )

    def _task(self, request: dict[str, Any], behaviour: str) -> dict[str, Any]:
        task = {"kind": "task", "id": "t-1", "contextId": "c-1"}
        if request["method"] == "tasks/cancel":
            self.stopped.set()
            return {**task, "status": {"state": "canceled"}}
        if request["method"] == "message/send" or behaviour == "hangs":
            self.began.set()
            return {**task, "status": {"state": "working"}}
        if behaviour == "fails":
            word = {"kind": "message", "role": "agent", "parts": [{"kind": "text", "text": REASON}]}
            return {**task, "status": {"state": "failed", "message": word}}
        if behaviour == "asks":
            word = {"kind": "message", "role": "agent", "parts": [{"kind": "data", "data": ASKS}]}
            return {**task, "status": {"state": "input-required", "message": word}}
        objective = self.asked[0]["params"]["message"]["parts"][1]["data"]["objective"]
        said = "x" * LARGE if behaviour == "large" else objective
        parts = [{"kind": "data", "data": OVERSTEPS if behaviour == "oversteps" else {"said": said}}]
        return {**task, "status": {"state": "completed"}, "artifacts": [{"artifactId": "a", "parts": parts}]}


WAYS = {"mcp-tool": mcp_tool, "llm": llm, "a2a": a2a, "http": http, "process": process}
