"""The service as its users start it: `orchestrator up` in a process of its own, to be killed at will."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil

from agent.config import load
from agent.embedded.stack import shared
from tests.kit.cluster import seed

SOON = 120.0
ORCHESTRATOR = str(Path(sys.executable).with_name("orchestrator"))


class Service:
    """One data folder, and the service on it, started as often as a test likes."""

    def __init__(self, data: Path, manifest: Path, env: Mapping[str, str]) -> None:
        self.data = data
        self.url = ""
        self._env = env
        self._manifest = manifest
        self._process: subprocess.Popen[bytes] | None = None
        self.client = httpx.AsyncClient(timeout=SOON)

    async def start(self) -> None:
        (self.data / "url").unlink(missing_ok=True)
        command = [ORCHESTRATOR, "up", "--data", self.data, "--port", "0", "--manifest", self._manifest]
        environ = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}} | dict(
            self._env
        )
        with (self.data.parent / "up.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env=environ, start_new_session=True
            )
        async with asyncio.timeout(SOON):
            while not (self.data / "url").exists():
                assert self._process.poll() is None, (self.data.parent / "up.log").read_text()
                await asyncio.sleep(0.05)
        self.url = (self.data / "url").read_text().strip()
        self.client.base_url = self.url

    def kill(self) -> None:
        """As the kernel does it when memory runs out: the service only, at once."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    async def ended(self) -> tuple[int, str]:
        """Its exit code, once it has ended by itself, and all that it said."""
        assert self._process is not None
        code = await asyncio.to_thread(self._process.wait, SOON)
        return code, (self.data.parent / "up.log").read_text()

    async def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(self._process.wait, SOON)
        await self.client.aclose()

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.client.post(path, json=body)

    async def task(self, task_id: str) -> Any:
        return (await self.client.get(f"/tasks/{task_id}")).json()

    async def until(self, task_id: str, *statuses: str) -> Any:
        async with asyncio.timeout(SOON):
            while (task := await self.task(task_id))["status"] not in statuses:
                await asyncio.sleep(0.05)
        return task

    async def until_running(self, task_id: str, agent: str) -> None:
        """Until an attempt of this agent is on record."""
        async with asyncio.timeout(SOON):
            while not any(
                s["agent"] == agent and s["state"] == "running"
                for s in (await self.task(task_id))["subtasks"]
            ):
                await asyncio.sleep(0.02)

    async def database(self) -> "asyncpg.Connection[asyncpg.Record]":
        stack = await asyncio.to_thread(lambda: shared(load(orchestrator_data=self.data)))
        assert stack is not None
        return await asyncpg.connect(stack.database_url)

    def processes(self) -> list[str]:
        """Whatever runs on this data folder."""
        found = []
        for process in psutil.process_iter(["cmdline", "status"]):
            line = " ".join(process.info["cmdline"] or ())
            if str(self.data) in line and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(line)
        return found


@asynccontextmanager
async def service(folder: Path, manifest: Path, **env: str) -> AsyncIterator[Service]:
    """Started, with `env` for its settings; ended with the block, and nothing of it left."""
    data = folder / "data"
    await asyncio.to_thread(seed, data)
    running = Service(data, manifest, env)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()
    async with asyncio.timeout(SOON):
        while running.processes():
            await asyncio.sleep(0.05)
