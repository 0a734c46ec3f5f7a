"""Calls to real servers over stdio, and what becomes of them when the server does not behave."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from agent.gateway.client import McpGateway
from agent.gateway.errors import (
    CallTimedOutError,
    NotSentError,
    OutcomeUnknownError,
    ToolFailedError,
    ToolMissingError,
)
from domain.base import Json
from domain.tool import Server, ToolCall
from tests.kit.backends import TOOLS, children, manifest_of, toolbox_over_stdio, until
from tests.kit.toolbox import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[McpGateway]:
    before = children()
    manifest = manifest_of(toolbox=toolbox_over_stdio(tmp_path / "journal"))
    async with McpGateway(lambda: manifest, {}) as opened:
        yield opened
    assert children() == before, "a server was left behind"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[McpGateway]:
    """For tests that leave the server as it was; starting one takes longer than all of them."""
    manifest = manifest_of(toolbox=toolbox_over_stdio(tmp_path_factory.mktemp("toolbox") / "journal"))
    async with McpGateway(lambda: manifest, {}) as opened:
        yield opened


def call(tool: str, **arguments: Json) -> ToolCall:
    return ToolCall(server="toolbox", tool=tool, arguments=arguments)


async def test_a_tool_is_called_and_its_structure_kept(shared: McpGateway) -> None:
    result = await shared.call(call("echo", value="{{ 7*7 }} é '\""), key="k", timeout_s=120)
    assert result.structured == {"value": "{{ 7*7 }} é '\""}


async def test_the_idempotency_key_and_whose_call_it_is_go_along(shared: McpGateway) -> None:
    result = await shared.call(
        call("whose"), key="k-1", timeout_s=120, about={"task-id": "t", "subtask-id": "a::t::1"}
    )
    meta = json.loads(result.text)
    assert meta["orchestrator/idempotency-key"] == "k-1"
    assert (meta["orchestrator/task-id"], meta["orchestrator/subtask-id"]) == ("t", "a::t::1")


async def test_one_server_serves_fifty_calls_at_once(gateway: McpGateway, journal: Journal) -> None:
    calls = (gateway.call(call("echo", value=str(i)), key=str(i), timeout_s=120) for i in range(50))
    results = await asyncio.gather(*calls)
    assert [result.structured for result in results] == [{"value": str(i)} for i in range(50)]
    assert journal.events().count("start") == 1


async def test_what_a_tool_says_of_its_failure_is_passed_on(shared: McpGateway) -> None:
    with pytest.raises(ToolFailedError, match="no such branch") as failed:
        await shared.call(call("fail", reason="no such branch"), key="k", timeout_s=120)
    assert failed.value.retryable


async def test_a_failure_in_disguise_is_a_failure(shared: McpGateway) -> None:
    with pytest.raises(ToolFailedError, match="library not found"):
        await shared.call(call("disguise", text="Error: library not found"), key="k", timeout_s=120)


async def test_a_long_text_may_begin_with_the_word_error(shared: McpGateway) -> None:
    text = "Error handling, a guide\n" + "x" * 5_000
    assert (await shared.call(call("disguise", text=text), key="k", timeout_s=120)).text == text


async def test_pictures_and_links_are_told_apart_from_text(shared: McpGateway) -> None:
    result = await shared.call(call("attach"), key="k", timeout_s=120)
    assert (result.text, result.links[0].uri) == ("see below", "file:///tmp/report.txt")
    assert result.blobs[0].data.startswith(b"\x89PNG")


async def test_a_tool_that_takes_too_long_is_stopped_and_was_sent(
    gateway: McpGateway, journal: Journal
) -> None:
    await gateway.call(call("echo", value="warm"), key="k", timeout_s=120)
    with pytest.raises(CallTimedOutError, match="told to stop"):
        await gateway.call(call("hang", seconds=300), key="k", timeout_s=2.0)
    await until(lambda: "hang stopped" in journal.events())
    assert (await gateway.call(call("echo", value="still"), key="k", timeout_s=120)).structured == {
        "value": "still"
    }


async def test_cancelling_a_caller_stops_the_tool_and_nobody_else(
    gateway: McpGateway, journal: Journal
) -> None:
    hanging = asyncio.create_task(gateway.call(call("hang", seconds=300), key="k", timeout_s=120))
    await until(lambda: "hang started" in journal.events())
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    await until(lambda: "hang stopped" in journal.events())
    await gateway.call(call("echo", value="on"), key="k", timeout_s=120)
    assert journal.events().count("start") == 1


async def test_a_server_that_dies_in_mid_call_leaves_the_outcome_unknown(
    gateway: McpGateway, journal: Journal
) -> None:
    with pytest.raises(OutcomeUnknownError):
        await gateway.call(call("die"), key="k", timeout_s=120)
    assert journal.events().count("die") == 1, "a call that left is never made again here"


async def test_a_dead_server_is_started_again_for_the_next_call(
    gateway: McpGateway, journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    await gateway.call(call("echo", value="1"), key="k", timeout_s=120)
    server = psutil.Process(int(str(journal.read()[0]["pid"])))
    server.kill()
    await until(lambda: "'toolbox' is down" in caplog.text)  # before that, a call would count as sent
    result = await gateway.call(call("echo", value="2"), key="k", timeout_s=120)
    assert result.structured == {"value": "2"}
    assert journal.events().count("start") == 2


async def test_others_under_way_on_a_dying_server_are_told(gateway: McpGateway, journal: Journal) -> None:
    hanging = asyncio.create_task(gateway.call(call("hang", seconds=300), key="k", timeout_s=120))
    await until(lambda: "hang started" in journal.events())
    with pytest.raises(OutcomeUnknownError):
        await gateway.call(call("die"), key="k", timeout_s=120)
    with pytest.raises(OutcomeUnknownError):
        await hanging


async def test_half_a_character_is_refused_before_it_breaks_the_connection(shared: McpGateway) -> None:
    with pytest.raises(ToolFailedError, match="half a character"):
        await shared.call(call("echo", value="\ud800"), key="k", timeout_s=120)
    await shared.call(call("echo", value="whole"), key="k", timeout_s=120)


async def test_a_tool_that_the_server_lacks_is_missing_and_not_sent(shared: McpGateway) -> None:
    with pytest.raises(ToolMissingError, match="offers no tool 'nope'"):
        await shared.call(call("nope"), key="k", timeout_s=120)


async def test_the_catalogue_lists_the_declared_tools_that_are_there(tmp_path: Path) -> None:
    server = toolbox_over_stdio(tmp_path / "journal")
    extended = server.model_copy(update={"tools": {**server.tools, "imagined": server.tools["echo"]}})
    manifest = manifest_of(toolbox=extended)
    async with McpGateway(lambda: manifest, {}) as gateway:
        tools = await gateway.tools("toolbox")
    assert set(tools) == set(TOOLS)
    assert tools["echo"].description == "Says it again"


async def test_a_server_that_refuses_to_start_says_why_and_is_left_alone_for_a_while(tmp_path: Path) -> None:
    manifest = manifest_of(
        toolbox=toolbox_over_stdio(tmp_path / "journal", "--refuse-to-start", "no licence found")
    )
    async with McpGateway(lambda: manifest, {}) as gateway:
        with pytest.raises(NotSentError, match="no licence found"):
            await gateway.call(call("echo", value="1"), key="k", timeout_s=120)
        with pytest.raises(NotSentError, match="tried again in"):
            await gateway.call(call("echo", value="1"), key="k", timeout_s=120)
        assert (await gateway.probe("toolbox"))[0] == "unhealthy"


async def test_a_program_that_does_not_exist_is_named() -> None:
    manifest = manifest_of(ghost=Server(transport="stdio", command="/nowhere/ghost"))
    async with McpGateway(lambda: manifest, {}) as gateway:
        with pytest.raises(NotSentError, match="/nowhere/ghost"):
            await gateway.call(ToolCall(server="ghost", tool="t", arguments={}), key="k", timeout_s=120)


async def test_a_slow_start_costs_the_impatient_caller_nothing_but_its_time(
    tmp_path: Path, journal: Journal
) -> None:
    manifest = manifest_of(toolbox=toolbox_over_stdio(tmp_path / "journal", "--slow-start", "1"))
    async with McpGateway(lambda: manifest, {}) as gateway:
        with pytest.raises(NotSentError, match="not ready within"):
            await gateway.call(call("echo", value="early"), key="k", timeout_s=0.2)
        result = await gateway.call(call("echo", value="late"), key="k", timeout_s=120)
    assert result.structured == {"value": "late"}
    assert journal.events() == ["start", "echo"]


async def test_closing_while_a_server_is_starting_leaves_nothing_behind(tmp_path: Path) -> None:
    before = children()
    manifest = manifest_of(toolbox=toolbox_over_stdio(tmp_path / "journal", "--slow-start", "30"))
    async with McpGateway(lambda: manifest, {}) as gateway:
        with pytest.raises(NotSentError):
            await gateway.call(call("echo", value="x"), key="k", timeout_s=0.2)
    assert children() == before


async def test_an_error_of_the_body_comes_out_as_it_is(tmp_path: Path) -> None:
    manifest = manifest_of(toolbox=toolbox_over_stdio(tmp_path / "journal"))
    with pytest.raises(KeyError, match="mine"):  # noqa: PT012 - the block is the point
        async with McpGateway(lambda: manifest, {}) as gateway:
            await gateway.call(call("echo", value="x"), key="k", timeout_s=120)
            raise KeyError("mine")


async def test_a_secret_reaches_the_server_it_was_named_for_and_no_other_variable_does(
    tmp_path: Path,
) -> None:
    program = "import os,sys; sys.exit('env ' + ','.join(sorted(k+'='+v for k,v in os.environ.items() if 'KEY' in k)))"
    server = Server(
        transport="stdio", command=sys.executable, args=("-c", program), env={"API_KEY": "env:MINE"}
    )
    environ = {"MINE": "s3cret", "OTHER_KEY": "x"}
    manifest = manifest_of(s=server)
    async with McpGateway(lambda: manifest, environ) as gateway:
        state, reason = await gateway.probe("s")
    assert state == "unhealthy"
    assert reason is not None
    assert reason.endswith("env API_KEY=s3cret")


async def test_a_secret_that_is_not_set_is_named(tmp_path: Path) -> None:
    server = Server(transport="stdio", command="true", env={"API_KEY": "env:ABSENT_ONE"})
    manifest = manifest_of(s=server)
    async with McpGateway(lambda: manifest, {}) as gateway:
        with pytest.raises(NotSentError, match="ABSENT_ONE"):
            await gateway.call(ToolCall(server="s", tool="t", arguments={}), key="k", timeout_s=5)
