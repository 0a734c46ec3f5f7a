"""The workspace as a program: what it says over MCP, and that it ends when nobody talks to it any more."""

import asyncio
import hashlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.gateway.client import McpGateway
from agent.gateway.errors import ToolFailedError
from agent.manifests import default_manifest
from domain.base import Json, JsonObject
from domain.tool import ToolCall
from tests.kit.house import SOON


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def workspace(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[McpGateway, Path]]:
    folder = tmp_path_factory.mktemp("workspace")
    manifest = default_manifest({"WORKSPACE_DIR": os.fspath(folder)})
    async with McpGateway(lambda: manifest, {}) as gateway:
        yield gateway, folder


async def ask(gateway: McpGateway, tool: str, **arguments: Json) -> JsonObject:
    call = ToolCall(server="workspace", tool=tool, arguments=arguments)
    result = await gateway.call(call, key="k", timeout_s=SOON)
    assert isinstance(result.structured, dict)
    return result.structured


async def test_it_offers_every_tool_that_the_manifest_declares(workspace: tuple[McpGateway, Path]) -> None:
    tools = await workspace[0].tools("workspace")
    assert set(tools) == {"read_file", "write_file", "list_files", "check_mentions", "publish"}
    assert all(tool.description for tool in tools.values())


async def test_what_is_published_is_the_file_and_its_digest_proves_it(
    workspace: tuple[McpGateway, Path],
) -> None:
    gateway, folder = workspace
    text = "é {{ 7*7 }}\r\n\x0b\u2028"
    await ask(gateway, "write_file", path="notes/a.md", content=text)
    assert (await ask(gateway, "read_file", path="notes/a.md"))["text"] == text
    published = await ask(gateway, "publish", path="notes/a.md", environment="production")
    file = folder / "published" / "production" / "a.md"
    assert file.read_bytes() == text.encode()
    assert (published["uri"], published["sha256"]) == (
        file.as_uri(),
        hashlib.sha256(text.encode()).hexdigest(),
    )
    assert published["replaced"] is False
    again = await ask(gateway, "publish", path="notes/a.md", environment="production")
    assert again["replaced"] is True


@pytest.mark.parametrize(
    ("tool", "arguments", "reason"),
    [
        ("read_file", {"path": "../x"}, "would leave the workspace"),
        ("write_file", {"path": "/etc/x", "content": ""}, "not a path inside"),
        ("write_file", {"path": "published/production/x", "content": ""}, "publish alone"),
        ("publish", {"path": "absent", "environment": "production"}, "there is no 'absent'"),
        ("publish", {"path": "absent", "environment": "../production"}, "is no environment"),
        ("check_mentions", {"path": "absent", "items": []}, "there is no 'absent'"),
    ],
)
async def test_a_refusal_says_why_and_that_asking_again_is_no_use(
    workspace: tuple[McpGateway, Path], tool: str, arguments: dict[str, Json], reason: str
) -> None:
    with pytest.raises(ToolFailedError, match=reason) as refused:
        await ask(workspace[0], tool, **arguments)
    assert not refused.value.retryable


async def test_a_text_that_is_json_is_written_as_it_stands(workspace: tuple[McpGateway, Path]) -> None:
    await ask(workspace[0], "write_file", path="data.json", content='["a", 1]')
    assert (await ask(workspace[0], "read_file", path="data.json"))["text"] == '["a", 1]'


async def test_it_ends_when_its_input_ends(tmp_path: Path) -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "agent.workspace",
        "--root",
        tmp_path,
        stdin=asyncio.subprocess.PIPE,
        cwd=Path.cwd(),
    )
    assert server.stdin
    server.stdin.close()
    assert await asyncio.wait_for(server.wait(), SOON) == 0
