"""Calls through a gateway over streamable HTTP, and what becomes of them when it does not behave."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.gateway.client import McpGateway
from agent.gateway.errors import CallTimedOutError, NotSentError, OutcomeUnknownError, ToolFailedError
from domain.base import Json
from domain.tool import ToolCall
from tests.kit.backends import behind_gateway, free_port, toolbox_over_http, until
from tests.kit.toolbox import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def backend(tmp_path: Path, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    async with toolbox_over_http(tmp_path / "journal", port) as process:
        yield process


@pytest.fixture
async def gateway(port: int) -> AsyncIterator[McpGateway]:
    manifest = behind_gateway(port)
    async with McpGateway(lambda: manifest, {}) as opened:
        yield opened


def call(tool: str, **arguments: Json) -> ToolCall:
    return ToolCall(server="toolbox", tool=tool, arguments=arguments)


async def test_fifty_calls_at_once_go_through_one_connection(
    backend: asyncio.subprocess.Process, gateway: McpGateway
) -> None:
    calls = (gateway.call(call("echo", value=str(i)), key=str(i), timeout_s=120) for i in range(50))
    results = await asyncio.gather(*calls)
    assert [result.structured for result in results] == [{"value": str(i)} for i in range(50)]


@pytest.mark.parametrize(
    "naming", ["{server}_{tool}", "{server}-{tool}", "{server}__{tool}", "{server}.{tool}"]
)
async def test_a_tool_is_found_however_the_gateway_joins_names(
    tmp_path: Path, port: int, naming: str
) -> None:
    manifest = behind_gateway(port, naming="{server}_{tool}")
    async with (
        toolbox_over_http(tmp_path / "journal", port, naming),
        McpGateway(lambda: manifest, {}) as gateway,
    ):
        assert (await gateway.call(call("echo", value="x"), key="k", timeout_s=120)).structured == {
            "value": "x"
        }


async def test_a_gateway_that_is_not_there_was_never_sent_anything(gateway: McpGateway) -> None:
    with pytest.raises(NotSentError, match="the gateway cannot be reached: ConnectError"):
        await gateway.call(call("echo", value="x"), key="k", timeout_s=120)
    state, reason = await gateway.probe()
    assert state == "unhealthy"
    assert reason is not None


async def test_killing_the_gateway_in_mid_call_leaves_the_outcome_unknown(
    backend: asyncio.subprocess.Process, gateway: McpGateway, journal: Journal
) -> None:
    hanging = asyncio.create_task(gateway.call(call("hang", seconds=300), key="k", timeout_s=120))
    await until(lambda: "hang started" in journal.events())
    backend.kill()
    with pytest.raises(OutcomeUnknownError, match="failed before its answer"):
        await hanging


async def test_after_a_restart_the_gateway_is_used_again(
    backend: asyncio.subprocess.Process, gateway: McpGateway, tmp_path: Path, port: int
) -> None:
    await gateway.call(call("echo", value="1"), key="k", timeout_s=120)
    backend.kill()
    await backend.wait()
    with pytest.raises(NotSentError, match="ConnectError"):
        await gateway.call(call("echo", value="2"), key="k", timeout_s=120)
    async with toolbox_over_http(tmp_path / "journal", port):
        assert (await gateway.call(call("echo", value="3"), key="k", timeout_s=120)).structured == {
            "value": "3"
        }


async def test_one_refused_request_does_not_end_the_others(
    backend: asyncio.subprocess.Process, gateway: McpGateway, journal: Journal
) -> None:
    hanging = asyncio.create_task(gateway.call(call("hang", seconds=1.5), key="k", timeout_s=120))
    await until(lambda: "hang started" in journal.events())
    with pytest.raises(ToolFailedError):
        await gateway.call(call("fail", reason="no"), key="k", timeout_s=120)
    assert "done" in (await hanging).text


async def test_a_frozen_gateway_times_out_as_sent(
    backend: asyncio.subprocess.Process, gateway: McpGateway
) -> None:
    await gateway.call(call("echo", value="1"), key="k", timeout_s=120)
    backend.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(CallTimedOutError):
            await gateway.call(call("echo", value="2"), key="k", timeout_s=2.0)
    finally:
        backend.send_signal(signal.SIGCONT)
    assert (await gateway.call(call("echo", value="3"), key="k", timeout_s=120)).structured == {"value": "3"}


async def test_cancelling_a_caller_stops_the_tool_behind_the_gateway(
    backend: asyncio.subprocess.Process, gateway: McpGateway, journal: Journal
) -> None:
    hanging = asyncio.create_task(gateway.call(call("hang", seconds=300), key="k", timeout_s=120))
    await until(lambda: "hang started" in journal.events())
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    await until(lambda: "hang stopped" in journal.events())
