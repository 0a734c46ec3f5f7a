"""One JSON request to an agent on the network, and how far it got."""

import asyncio
import json
from collections.abc import Mapping
from typing import NamedTuple

import httpx

from agent.specialists.answer import MESSAGE, unsuccessful, unusable
from domain.attempt import Unsuccessful
from domain.base import Json

LARGEST_ANSWER = 16 * 1024 * 1024

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_UNKNOWN = frozenset({502, 504})
"""Said by whoever stands before the agent and lost sight of it."""
_AGAIN = frozenset({408, 425, 429, 500, 503})


class Posting(NamedTuple):
    """What is sent where; `agent` is who is named in reasons."""

    agent: str
    url: str
    body: Mapping[str, object]
    headers: Mapping[str, str]


class _TooLargeError(Exception):
    pass


async def post(http: httpx.AsyncClient, posting: Posting, *, timeout_s: float) -> Json | Unsuccessful:
    """The JSON it answered, or why there is none. Cancelling closes the connection, which tells the agent."""
    left = False

    async def trace(event: str, _: Mapping[str, object]) -> None:
        nonlocal left
        left = left or event.endswith("send_request_headers.started")

    agent = posting.agent
    try:
        async with asyncio.timeout(timeout_s):
            status, body = await _exchange(http, posting, trace)
    except TimeoutError:
        if not left:
            return unsuccessful(
                "unavailable", "NOT_SENT", f"{agent} could not be reached within {timeout_s:.1f} s"
            )
        return unsuccessful("timed_out", "TIMED_OUT", f"{agent} had not answered after {timeout_s:.1f} s")
    except _NEVER_LEFT as error:
        return unsuccessful("unavailable", "NOT_SENT", f"{agent} cannot be reached: {_said(error)}")
    except (httpx.TransportError, httpx.DecodingError) as error:
        return unsuccessful(
            "unknown", "OUTCOME_UNKNOWN", f"{agent} was asked and did not answer: {_said(error)}"
        )
    except _TooLargeError:
        return unusable(agent, f"it has over {LARGEST_ANSWER} bytes")
    return _read(agent, status, body)


async def _exchange(http: httpx.AsyncClient, posting: Posting, trace: object) -> tuple[int, bytes]:
    # Time is limited around the whole exchange; the library's limits start anew with every byte.
    request = http.build_request(
        "POST",
        posting.url,
        json=posting.body,
        headers=posting.headers,
        timeout=None,
        extensions={"trace": trace},
    )
    response = await http.send(request, stream=True, follow_redirects=False)
    body = bytearray()
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > LARGEST_ANSWER:
                raise _TooLargeError
    finally:
        await response.aclose()
    return response.status_code, bytes(body)


def _read(agent: str, status: int, body: bytes) -> Json | Unsuccessful:
    if status in _UNKNOWN:
        return unsuccessful(
            "unknown", "OUTCOME_UNKNOWN", f"{agent} was asked; HTTP {status} came back instead of it"
        )
    if not 200 <= status < 300:
        said = body.decode(errors="replace").strip()[:MESSAGE]
        return unsuccessful(
            "failed", "AGENT_FAILED", f"{agent}: HTTP {status} {said}", retryable=status in _AGAIN
        )
    try:
        answer: Json = json.loads(body)
    except (ValueError, RecursionError):
        return unusable(agent, "it is not JSON")
    return answer


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
