"""`doctor`: all checks, the servers of agents and the stores side by side."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.table import Table
from rich.text import Text

from agent.cli.address import settings_in
from agent.cli.doctor.agents import agents
from agent.cli.doctor.callers import callers
from agent.cli.doctor.check import Check, State, broken
from agent.cli.doctor.machine import machine, outlets
from agent.cli.doctor.stores import stores
from agent.cli.draw.screen import emit, out
from agent.cli.draw.words import Look, count
from agent.cli.exits import Exit
from agent.cli.plain import plain
from agent.config import Settings
from domain.errors import ConfigurationError

LOOK: Final[dict[State, Look]] = {
    "ok": Look("✓", "green"),
    "off": Look("-", "dim"),
    "warning": Look("!", "yellow"),
    "broken": Look("✗", "bold red"),
}


def doctor(data: Path | None, manifest: Path | None, policy: Path | None, *, as_json: bool) -> Exit:
    """The command. Fails where something that is needed does not work."""
    checks = _checks(data, manifest, policy)
    ill = sum(1 for check in checks if check.state == "broken")
    if as_json:
        emit(
            {
                "status": "broken" if ill else "ok",
                "checks": [check.model_dump(mode="json") for check in checks],
            }
        )
    else:
        console = out()
        console.print(_table(checks))
        console.print(f"\n{count(ill, 'part')} must be mended." if ill else "\nAll that is needed works.")
    return Exit.ERROR if ill else Exit.OK


def _checks(data: Path | None, manifest: Path | None, policy: Path | None) -> list[Check]:
    try:
        settings = settings_in(data, orchestrator_manifest=manifest, orchestrator_policy=policy)
    except ConfigurationError as error:
        return [broken("settings", error.message, "Mend them in the environment or in config/env/.env.")]
    local = [*machine(settings), callers(settings)]
    with _harmless(settings) as looked_at:
        return [*local, *asyncio.run(_remote(looked_at)), *outlets(settings)]


async def _remote(settings: Settings) -> list[Check]:
    read = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        working = group.create_task(agents(settings, read))
        stored = await stores(settings, read)
    return [*stored, *working.result()]


@contextmanager
def _harmless(settings: Settings) -> Iterator[Settings]:
    """Looking must make nothing: a data folder that is not there yet is a temporary one for the look."""
    if settings.orchestrator_data.exists():
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="orchestrator-doctor-") as folder:
        place = Path(folder)
        place.chmod(0o711)
        yield settings.model_copy(update={"orchestrator_data": place, "log_dir": place / "logs"})


def _table(checks: Sequence[Check]) -> Table:
    table = Table.grid(padding=(0, 2))
    for check in checks:
        look = LOOK[check.state]
        table.add_row(
            Text(look.mark, style=look.style), Text(check.name, style=look.style), plain(check.says)
        )
        if check.mend:
            table.add_row("", "", Text(plain(check.mend), style="dim" if check.state == "off" else "yellow"))
    return table
