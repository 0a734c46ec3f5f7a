"""A gateway of the older protocol: sessions that are lost, tokens, refusals, answers that break off."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from agent.gateway.client import McpGateway
from agent.gateway.errors import NotSentError, OutcomeUnknownError, ToolFailedError
from domain.agent import Manifest
from domain.tool import Gateway, Server, Tool, ToolCall
from tests.kit.legacy_gateway import LegacyGateway
from tests.kit.serving import serving

COUNT = ToolCall(server="toolbox", tool="count", arguments={})


@asynccontextmanager
async def connected(
    backend: LegacyGateway, environ: Mapping[str, str] | None = None
) -> AsyncIterator[McpGateway]:
    async with serving(backend) as url:
        manifest = Manifest(
            schema_version="1.0",
            gateway=Gateway(url=url, auth="env:GATEWAY_TOKEN"),
            servers={"toolbox": Server(transport="gateway", tools={"count": Tool()})},
            agents=(),
        )
        async with McpGateway(lambda: manifest, environ or {}) as gateway:
            yield gateway


async def test_a_lost_session_is_opened_again_and_the_call_made_once() -> None:
    backend = LegacyGateway()
    async with connected(backend) as gateway:
        await gateway.call(COUNT, key="k", timeout_s=120)
        backend.sessions.clear()
        result = await gateway.call(COUNT, key="k", timeout_s=120)
    assert (result.text, backend.calls, backend.opened) == ("2", 2, 2)


async def test_a_lost_session_is_opened_again_for_a_probe_as_well() -> None:
    backend = LegacyGateway()
    async with connected(backend) as gateway:
        assert await gateway.probe() == ("healthy", None)
        backend.sessions.clear()
        assert await gateway.probe() == ("healthy", None)
    assert backend.opened == 2


async def test_the_token_is_sent_as_a_bearer_and_read_from_the_environment() -> None:
    backend = LegacyGateway()
    async with connected(backend, {"GATEWAY_TOKEN": "s3cret"}) as gateway:
        await gateway.call(COUNT, key="k", timeout_s=120)
    assert set(backend.tokens) == {"Bearer s3cret"}


async def test_without_a_token_none_is_sent() -> None:
    backend = LegacyGateway()
    async with connected(backend) as gateway:
        await gateway.call(COUNT, key="k", timeout_s=120)
    assert set(backend.tokens) == {None}


@pytest.mark.parametrize("status", [401, 403, 429])
async def test_whoever_refuses_at_the_door_has_not_made_the_call(status: int) -> None:
    backend = LegacyGateway()
    backend.next_call = (status, b"")
    async with connected(backend) as gateway:
        with pytest.raises(NotSentError, match=f"HTTP {status}"):
            await gateway.call(COUNT, key="k", timeout_s=120)


@pytest.mark.parametrize(
    ("status", "body"), [(500, b""), (502, b"bad gateway"), (504, b""), (200, b"not json")]
)
async def test_an_answer_that_says_nothing_leaves_the_outcome_unknown(status: int, body: bytes) -> None:
    backend = LegacyGateway()
    backend.next_call = (status, body)
    async with connected(backend) as gateway:
        with pytest.raises(OutcomeUnknownError):
            await gateway.call(COUNT, key="k", timeout_s=120)


async def test_an_answer_that_breaks_off_leaves_the_outcome_unknown_and_the_connection_whole() -> None:
    backend = LegacyGateway()
    backend.cut_off = True
    async with connected(backend) as gateway:
        with pytest.raises(OutcomeUnknownError):
            await gateway.call(COUNT, key="k", timeout_s=120)
        backend.cut_off = False
        assert (await gateway.call(COUNT, key="k", timeout_s=120)).text == "2"
    assert backend.opened == 1


async def test_a_call_that_the_backend_finds_wrong_is_not_worth_repeating() -> None:
    backend = LegacyGateway()
    error = b'{"jsonrpc":"2.0","id":3,"error":{"code":-32602,"message":"Unknown tool: count"}}'
    backend.next_call = (400, error)
    async with connected(backend) as gateway:
        with pytest.raises(ToolFailedError, match="Unknown tool") as failed:
            await gateway.call(COUNT, key="k", timeout_s=120)
    assert not failed.value.retryable
