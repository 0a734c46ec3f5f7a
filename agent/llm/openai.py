"""Any server that speaks OpenAI's protocol, through the `openai` library."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from agent.llm.bound import ask_plainly, read_only_so_much
from agent.llm.wire import Answer, completion, failed, shaped, spoken
from domain.base import JsonObject
from domain.completion import Completion, Message


class Client(NamedTuple):
    """The two of the library's verbs that are used."""

    create: Callable[..., Awaitable[Answer]]
    close: Callable[[], Awaitable[None]]


class OpenAiModel:
    """Its own retries are switched off: they triple a time-out, and retrying is decided elsewhere."""

    def __init__(self, name: str, *, api_key: str | None, base_url: str | None = None) -> None:
        self.name = name
        self._api_key = api_key
        self._base_url = base_url
        self._opened: Client | None = None
        self._opening = asyncio.Lock()

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        max_output_tokens: int,
        timeout_s: float,
        schema: JsonObject | None = None,
        json_object: bool = False,
        model: str | None = None,
    ) -> Completion:
        asked = model or self.name
        # OpenAI's newer models know the new name only, everybody else's servers the old one.
        limit = {"max_tokens" if self._base_url else "max_completion_tokens": max_output_tokens}
        try:
            # The library's time-out starts anew with every byte; this one does not.
            async with asyncio.timeout(timeout_s):
                client = await self._client()
                answer = await client.create(
                    model=asked,
                    messages=spoken(messages),
                    timeout=timeout_s,
                    **limit,
                    **shaped(schema, json_object=json_object),
                )
            return completion(answer, asked)
        except Exception as error:
            raise failed(error, asked, timeout_s) from error

    async def aclose(self) -> None:
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    async def _client(self) -> Client:
        async with self._opening:
            if self._opened is None:
                self._opened = await asyncio.to_thread(_open, self._api_key, self._base_url)
            return self._opened


def _open(api_key: str | None, base_url: str | None) -> Client:
    """By a thread, at the first question: importing takes 0.4 s, which nobody else should wait for."""
    library = importlib.import_module("openai")
    hooks = {"request": [ask_plainly], "response": [read_only_so_much]}
    http = library.DefaultAsyncHttpxClient(event_hooks=hooks)
    # Servers without keys are asked all the same, and the library insists on one.
    client = library.AsyncOpenAI(
        api_key=api_key or "none", base_url=base_url, max_retries=0, http_client=http
    )
    return Client(client.chat.completions.create, client.close)
