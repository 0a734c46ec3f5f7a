"""Every other provider, through the `litellm` library."""

import asyncio
import importlib
import os
import warnings
from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import cast

import httpx

from agent.llm.bound import FloodError, ask_plainly, read_only_so_much
from agent.llm.wire import Answer, completion, failed, shaped, spoken
from domain.base import JsonObject
from domain.completion import Completion, Message


class LiteLlmModel:
    """Names as litellm writes them, `anthropic/claude-…`; keys where its providers look for them."""

    def __init__(self, name: str, *, api_key: str | None = None, base_url: str | None = None) -> None:
        self.name = name
        self._api_key = api_key
        self._base_url = base_url
        self._library: ModuleType | None = None
        self._importing = asyncio.Lock()

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
        # Its retries repeat requests that were wrong and multiply those that failed; ours do neither.
        options = {"max_retries": 0, "num_retries": 0, "timeout": timeout_s, "max_tokens": max_output_tokens}
        where = {"api_key": self._api_key, "base_url": self._base_url}
        try:
            async with asyncio.timeout(timeout_s):
                library = await self._imported()
                answer = await library.acompletion(
                    model=asked,
                    messages=spoken(messages),
                    **options,
                    **shaped(schema, json_object=json_object),
                    **where,
                )
            return completion(cast("Answer", answer), asked)
        except Exception as error:
            raise failed(error, asked, timeout_s) from error

    async def aclose(self) -> None:
        """The library keeps its connections for the whole process, so this closes them for everybody."""
        if self._library is not None:
            cleanup = importlib.import_module("litellm.llms.custom_httpx.async_client_cleanup")
            await cleanup.close_litellm_async_clients()
            self._library.in_memory_llm_clients_cache.flush_cache()

    async def _imported(self) -> ModuleType:
        async with self._importing:
            if self._library is None:
                self._library = await asyncio.to_thread(_import)
            return self._library


@cache
def _import() -> ModuleType:
    """Once a process, by a thread: it takes seconds. Told first not to fetch prices and not to read a `.env` that lies about."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydantic's, about the library's own models
        library = importlib.import_module("litellm")
        library.ModelResponse()  # builds those models now, which the first answer would have to wait for
    connections = importlib.import_module("litellm.llms.custom_httpx.aiohttp_transport")
    connections.LiteLLMAiohttpTransport = _bounded(connections.LiteLLMAiohttpTransport)  # type: ignore[attr-defined]
    library.telemetry = False  # type: ignore[attr-defined]
    library.suppress_debug_info = True  # type: ignore[attr-defined]
    return library


def _bounded(transport: type[httpx.AsyncBaseTransport]) -> type[httpx.AsyncBaseTransport]:
    """The library's own connections, of whose answers only so much is read."""

    class Bounded(transport):  # type: ignore[misc, valid-type]
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await ask_plainly(request)
            response: httpx.Response = await super().handle_async_request(request)
            try:
                await read_only_so_much(response)
            except FloodError:
                await response.aclose()
                raise
            return response

    return Bounded
