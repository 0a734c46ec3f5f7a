"""A language model that says what the test wrote for it, over OpenAI's protocol on a real socket.

The script must be played to the end: an answer that nobody asked for fails the test, and so does a question
that the script has no answer to.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.kit.serving import Receive, Scope, Send, answer, body_of, serving


@dataclass(frozen=True)
class Says:
    """A proper answer."""

    text: str | None
    finish: str = "stop"
    tokens: tuple[int, int] = (11, 7)
    """Of the question and of the answer, as it counts them."""


@dataclass(frozen=True)
class Fails:
    """An HTTP error."""

    status: int
    message: str = "no"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Sends:
    """Any body at all, with status 200."""

    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Floods:
    """A body that does not say how long it is, a part at a time until the caller goes away."""

    part: bytes = field(default=b" " * 2**20, repr=False)


@dataclass(frozen=True)
class Hangs:
    """No answer; `dripping` sends a byte now and then, which keeps naive time-outs from firing."""

    dripping: bool = False


@dataclass(frozen=True)
class HangsUp:
    """The connection is closed in the middle of the answer."""


Line = Says | Fails | Sends | Floods | Hangs | HangsUp


@dataclass
class ScriptedModel:
    script: list[Line]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a caller went away while the model was hanging."""

    @property
    def prompts(self) -> list[str]:
        """All that was said in each request, as one text."""
        return ["\n".join(str(m["content"]) for m in request["messages"]) for request in self.requests]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.requests.append(json.loads(await body_of(receive)))
        self.keys.append(headers.get("authorization"))
        line = self.script.pop(0) if self.script else Fails(500, "the script is over")
        match line:
            case Says():
                await answer(send, 200, self._completion(line))
            case Fails(status, message, extra):
                error = json.dumps({"error": {"message": message, "type": "test", "code": None}})
                await answer(send, status, error.encode(), dict(extra))
            case Sends(body, extra):
                await answer(send, 200, body, dict(extra))
            case Floods(part):
                await self._flood(receive, send, part)
            case Hangs(dripping):
                await self._hang(receive, send, dripping=dripping)
            case HangsUp():
                await _hang_up(send)

    def _completion(self, line: Says) -> bytes:
        message = {"role": "assistant", "content": line.text}
        choice = {"index": 0, "finish_reason": line.finish, "message": message}
        asked, said = line.tokens
        usage = {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}
        model = self.requests[-1]["model"]
        whole = {"id": "c", "object": "chat.completion", "created": 0, "model": model, "choices": [choice]}
        return json.dumps({**whole, "usage": usage}).encode()

    async def _flood(self, receive: Receive, send: Send, part: bytes) -> None:
        gone = asyncio.create_task(_gone(receive))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        while not gone.done():
            await send({"type": "http.response.body", "body": part, "more_body": True})
            await asyncio.sleep(0)
        self.stopped.set()

    async def _hang(self, receive: Receive, send: Send, *, dripping: bool) -> None:
        gone = asyncio.create_task(_gone(receive))
        if dripping:
            await send(
                {
                    "type": "http.response.start",
                    "status": 200,
                    "headers": [(b"content-type", b"application/json")],
                }
            )
        while not gone.done():
            await asyncio.wait({gone}, timeout=0.05)
            if dripping and not gone.done():
                await send({"type": "http.response.body", "body": b" ", "more_body": True})
        self.stopped.set()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _hang_up(send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"100000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"id": ', "more_body": True})


@asynccontextmanager
async def scripted(*lines: Line | str) -> AsyncIterator[ScriptedModel]:
    """The model at `model.url` (its base URL); texts are short for `Says(text)`."""
    model = ScriptedModel([Says(line) if isinstance(line, str) else line for line in lines])
    async with serving(model) as address:
        model.url = f"{address}/v1"
        yield model
    assert not model.script, f"the script was not played to the end: {unplayed(model.script)} left"


def unplayed(script: Sequence[Line]) -> str:
    return f"{len(script)} of its lines"
