"""`up`: serves API and worker in one process until it is told to stop."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Final, TextIO

from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from agent.cli.address import leave_word, take_back
from agent.cli.doctor.callers import told
from agent.cli.draw.screen import emit, out
from agent.cli.draw.words import WIDEST, count, line
from agent.cli.exits import Exit
from agent.cli.loop import run
from agent.cli.needs import behind_gateway
from agent.cli.notes import without_notes
from agent.cli.service import Running, running
from agent.config import Settings
from agent.embedded.stack import Origin
from domain.base import JsonObject

STORED: Final[dict[Origin, str]] = {
    "given": "as given",
    "started": "embedded, started",
    "adopted": "embedded, taken over from a process that was killed",
    "shared": "shared with another process",
}


def up(settings: Settings, *, worker: bool, as_json: bool) -> Exit:
    """The command. A signal is how it is meant to end, so that is no error."""
    if not as_json:
        out().print(Text("Starting …", style="dim"))
    try:
        run(_up(settings, worker=worker, as_json=as_json))
    except (KeyboardInterrupt, SystemExit):
        if not as_json:
            out().print("Stopped; nothing was left running.")
    return Exit.OK


async def _up(settings: Settings, *, worker: bool, as_json: bool) -> None:
    async with running(settings, worker=worker, console=loud()) as service:
        with _known(service):
            lost = await without_notes(service.stack)
            if as_json:
                emit(_told(service, lost))
            else:
                out().print(_panel(service))
                if lost:
                    out().print(line(("! ", "yellow"), f"{lost}. Tasks run all the same."))
            await asyncio.Event().wait()


def loud() -> TextIO | None:
    """Where nobody looks at a terminal, a supervisor collects what is said there."""
    return None if sys.stderr.isatty() else sys.stderr


@contextmanager
def _known(service: Running) -> Iterator[None]:
    leave_word(service.settings.orchestrator_data, service.url)
    try:
        yield
    finally:
        take_back(service.settings.orchestrator_data, service.url)


def places(url: str) -> dict[str, str]:
    """What is worth opening in a browser."""
    return {"docs": f"{url}/docs", "events": f"{url}/events", "metrics": f"{url}/metrics"}


def _told(service: Running, lost: str | None) -> JsonObject:
    return {
        "url": service.url,
        **places(service.url),
        "data": str(service.settings.orchestrator_data),
        "log": str(service.log),
        "database": service.stack.database,
        "redis": service.stack.redis,
        "redis_trouble": lost,
        "worker": service.worker,
    }


def _panel(service: Running) -> RenderableType:
    settings, table = service.settings, Table.grid(padding=(0, 2))
    for name, text in (
        ("API", service.url),
        ("API docs", f"{service.url}/docs"),
        ("events", f"{service.url}/events"),
        ("metrics", f"{service.url}/metrics"),
    ):
        table.add_row(Text(name, style="dim"), Text(text, style="cyan"))
    for name, text in _parts(service, settings):
        table.add_row(Text(name, style="dim"), Text(text))
    return Panel(
        table,
        title=line(("orchestrator ", "bold"), version("orchestrator")),
        subtitle=Text('ctrl-C ends it · orchestrator run "…" gives it work', style="dim"),
        title_align="left",
        subtitle_align="left",
        border_style="green",
        padding=(0, 1),
        width=WIDEST,
    )


def _gateway(service: Running) -> str:
    if not behind_gateway(service.manifest):
        return "not needed by these agents"
    told = "as given" if service.settings.mcp_gateway_url else "by the manifest"
    return f"{service.manifest.gateway.url}, {told}"


def _parts(service: Running, settings: Settings) -> Iterator[tuple[str, str]]:
    manifest = service.manifest
    yield "callers", told(settings)
    yield "database", f"PostgreSQL, {STORED[service.stack.database]}"
    yield "notes", f"Redis, {STORED[service.stack.redis]}"
    yield "gateway", _gateway(service)
    yield "model", settings.orchestrator_model or "none: rules plan alone"
    shipped = settings.orchestrator_manifest is None
    enabled = sum(1 for agent in manifest.agents if agent.status == "enabled")
    yield "manifest", f"{'shipped' if shipped else settings.orchestrator_manifest}, {count(enabled, 'agent')}"
    yield "policy", "shipped" if settings.orchestrator_policy is None else str(settings.orchestrator_policy)
    yield (
        "worker",
        f"here, up to {settings.worker_concurrency} tasks at once" if service.worker else "none here",
    )
    yield "data", str(settings.orchestrator_data)
    yield "log", str(service.log)
