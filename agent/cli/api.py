"""The HTTP API as commands call it: JSON in, JSON out, its refusals raised as they were spoken."""

import getpass
import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote, urlsplit

import httpx

from agent.cli.address import Address
from agent.cli.refusal import Refusal
from agent.cli.twins import as_commands
from domain.base import Json, JsonObject

ANSWER_S: Final = 90.0
"""Planning with a language model is the slowest answer there is."""
CONNECT_S: Final = 5.0
LARGE_ANSWER_S: Final = 900.0
"""A plan of ten thousand subtasks is read, judged and sealed before its answer; on a busy machine that takes minutes."""


def person() -> str:
    """Who sits here, as far as this machine knows. Nobody proved it, and records say so."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "somebody"
    return f"{name}@{socket.gethostname()}"


class Api:
    """An open connection to one address; an async context manager."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._client = httpx.AsyncClient(
            base_url=address.url,
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            headers=_who(address),
            # A proxy of the environment does not know this machine's loopback.
            trust_env=not _is_here(address.url),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def get(self, *path: str, **query: Any) -> JsonObject:
        return await self._ask("GET", path, params=_given(query))

    async def post(
        self,
        *path: str,
        body: JsonObject | None = None,
        headers: dict[str, str] | None = None,
        within_s: float = ANSWER_S,
        **query: Any,
    ) -> JsonObject:
        timeout = httpx.Timeout(within_s, connect=CONNECT_S)
        return await self._ask(
            "POST", path, json=body, headers=headers, params=_given(query), timeout=timeout
        )

    async def delete(self, *path: str) -> JsonObject:
        return await self._ask("DELETE", path)

    async def put(self, *path: str, body: JsonObject) -> JsonObject:
        return await self._ask("PUT", path, json=body)

    @asynccontextmanager
    async def lines(
        self, *path: str, silence_s: float, headers: dict[str, str]
    ) -> AsyncIterator[AsyncIterator[str]]:
        """A stream, line by line. Raises Refusal as `get` does, httpx.TransportError where it breaks off."""
        timeout = httpx.Timeout(silence_s, connect=CONNECT_S)
        async with self._client.stream("GET", _joined(path), headers=headers, timeout=timeout) as response:
            if response.is_error:
                await response.aread()
                raise refused(response)
            yield response.aiter_lines()

    async def _ask(self, method: str, path: tuple[str, ...], **given: Any) -> JsonObject:
        try:
            response = await self._client.request(method, _joined(path), **given)
        except httpx.TransportError as error:
            raise self._unreachable(error) from error
        if response.is_error:
            raise refused(response)
        answer = _json(response)
        if not isinstance(answer, dict):
            raise Refusal("UNREACHABLE", f"{self.address.url} does not answer as an orchestrator does")
        return answer

    def _unreachable(self, error: httpx.TransportError) -> Refusal:
        why = str(error) or type(error).__name__
        return Refusal(
            "UNREACHABLE",
            f"nothing answers at {self.address.url} ({self.address.told_by}): {why}. "
            "Start it with `orchestrator up`, or name another address with --url or ORCHESTRATOR_URL.",
        )


def refused(response: httpx.Response) -> Refusal:
    """The API's own words; for an answer that is not the API's, what there is to say of it."""
    body = _json(response)
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return Refusal(
            "UNREACHABLE", f"{response.url} answered {response.status_code}, not as an orchestrator does"
        )
    listed = error.get("fields")
    fields = [
        (str(field.get("path")), str(field.get("issue")))
        for field in (listed if isinstance(listed, list) else ())
        if isinstance(field, dict)
    ]
    return Refusal(str(error.get("code")), as_commands(str(error.get("message"))), fields=fields)


def _json(response: httpx.Response) -> Json:
    try:
        answer: Json = response.json()
    except ValueError:
        return None
    return answer


def _joined(path: tuple[str, ...]) -> str:
    return "/" + "/".join(quote(part, safe="") for part in path)


def _given(query: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value is not None}


def _who(address: Address) -> dict[str, str]:
    """With a key, whose it is says who calls; without one there is only a claim to send."""
    if address.key is None:
        return {"X-Actor": _header(person())}
    return {"Authorization": f"Bearer {_header(address.key.get_secret_value())}"}


def _header(text: str) -> str:
    """Header values are ASCII; a name that is not goes without what does not fit."""
    return text.encode("ascii", "replace").decode()


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
