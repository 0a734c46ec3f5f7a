"""`kill -9` of an MCP server in the middle of its calls; effects are counted in a journal that outlives it."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import psutil

from tests.kit.backends import TOOLBOX
from tests.kit.columns import differences_of
from tests.kit.service import SOON, Service, service
from tests.kit.toolbox import Journal

WHO = {"approver_id": "ann", "approver_role": "tech_lead", "justification": "looked at it"}


def manifest(folder: Path) -> Path:
    """Two servers of one kind: what `again` does may be repeated, what `once` does may not."""
    path = folder / "agents.json"
    agents = [
        {
            "id": name,
            "skills": [{"id": name, "tags": [name], "description": f"keeps the {name} list"}],
            "tools": {name: ["serve"]},
            "endpoint": {
                "kind": "mcp-tool",
                "server": name,
                "tool": "serve",
                "arguments": {"order": name, "gate": str(folder / "gate")},
            },
            "sla": {"timeout_s": SOON},
        }
        for name in ("again", "once")
    ]
    servers = {
        name: {
            "transport": "stdio",
            "command": sys.executable,
            "args": [str(TOOLBOX), "--journal", str(folder / name)],
            "env": {"PYTHONPATH": str(TOOLBOX.parents[2])},
            "tools": {"serve": {"effect": "write", "idempotent": name == "again"}},
        }
        for name in ("again", "once")
    }
    path.write_text(json.dumps({"schema_version": "1.0", "servers": servers, "agents": agents}))
    return path


def served(folder: Path, name: str) -> list[int]:
    """The processes that had the effect, in order."""
    return [int(str(e["pid"])) for e in Journal(folder / name).read() if e["event"] == "serve"]


async def begun(folder: Path) -> None:
    async with asyncio.timeout(SOON):
        while not (served(folder, "again") and served(folder, "once")):
            await asyncio.sleep(0.02)


async def ended(folder: Path) -> None:
    """Until those that were killed cannot serve anybody any more, whether or not they were waited for."""
    async with asyncio.timeout(SOON):
        while any(_lives(served(folder, name)[0]) for name in ("again", "once")):
            await asyncio.sleep(0.02)


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
    except psutil.NoSuchProcess:
        return False


async def submit(running: Service) -> None:
    nodes = [
        {"id": name, "objective": f"Add a line to the {name} list", "agent": name}
        for name in ("again", "once")
    ]
    sent = await running.post(
        "/orchestrate",
        {"task_id": "lists", "title": "Keep lists", "execute": True, "plan": {"subtasks": nodes}},
    )
    assert sent.status_code == 201, sent.text
    if sent.json()["status"] == "approval_pending":
        approval = sent.json()["routing_plan"]["approval_request_id"]
        assert (await running.post(f"/approve/{approval}", WHO)).status_code == 200


def by_agent(task: Any) -> dict[str, Any]:
    return {subtask["agent"]: subtask for subtask in task["subtasks"]}


async def test_a_killed_servers_calls_are_made_again_where_that_does_no_harm_and_asked_about_otherwise(
    tmp_path: Path,
) -> None:
    async with service(tmp_path, manifest(tmp_path)) as running:
        await submit(running)
        await begun(tmp_path)
        for name in ("again", "once"):
            os.kill(served(tmp_path, name)[0], signal.SIGKILL)
        await ended(tmp_path)
        (tmp_path / "gate").touch()
        stood = by_agent(await running.until("lists", "blocked"))
        assert (stood["again"]["state"], stood["again"]["attempt"]) == ("completed", 2)
        assert (stood["once"]["state"], stood["once"]["attempt"]) == ("blocked", 1)
        assert stood["once"]["question"]["cause"] == "unknown_outcome"
        assert len(set(served(tmp_path, "again"))) == 2
        assert len(served(tmp_path, "once")) == 1

        said = await running.post(
            f"/tasks/lists/subtasks/{stood['once']['subtask_id']}/answer", {"answer": "done"}
        )
        assert said.status_code == 202, said.text
        await running.until("lists", "completed")
        assert len(served(tmp_path, "once")) == 1
        connection = await running.database()
        try:
            assert await differences_of(connection) == []
        finally:
            await connection.close()
