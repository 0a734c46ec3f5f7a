"""A service of one's own for a block: what the settings do not give is embedded, the rest is served here."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TextIO

from agent.cli.haste import settled
from agent.cli.port import bound, url_of
from agent.config import Settings
from agent.embedded.stack import Stack, embedded
from agent.telemetry.logs import recording
from domain.agent import Manifest
from domain.errors import ConfigurationError

if TYPE_CHECKING:
    from agent.service.served import Services


class Opening(Protocol):
    """`agent.cli.house.opened`."""

    def __call__(
        self, settings: Settings, stack: Stack, listener: socket.socket, *, worker: bool
    ) -> AbstractAsyncContextManager["Services"]: ...


class Running(NamedTuple):
    """A service that answers."""

    url: str
    settings: Settings
    stack: Stack
    manifest: Manifest
    log: Path
    worker: bool


@asynccontextmanager
async def running(
    settings: Settings, *, worker: bool = True, console: TextIO | None = None
) -> AsyncIterator[Running]:
    """`console` hears the log, too. Signals cancel the block, as `embedded` has it. Raises OrchestratorError where something cannot start."""
    _make(settings.orchestrator_data)
    with (
        contextlib.closing(bound(settings.host, settings.port)) as listener,
        recording(
            settings.log_dir, level=settings.log_level, secrets=settings.secrets, console=console
        ) as log,
    ):
        # The servers and the interpreter each need seconds to start: side by side they need half as many.
        importing = asyncio.create_task(asyncio.to_thread(_opening))
        try:
            async with embedded(settings) as stack:
                opened = await importing
                async with opened(settings, stack, listener, worker=worker) as services:
                    settled()
                    yield Running(url_of(listener), settings, stack, services.manifest, log, worker)
        finally:
            importing.cancel()


def _opening() -> "Opening":
    from agent.cli.house import opened  # noqa: PLC0415  in a thread, while the servers start

    return opened


def _make(folder: Path) -> None:
    """Before the log is opened in it: closed to others, but for root's servers, who run as somebody else."""
    try:
        folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as refused:
        raise ConfigurationError(
            f"data folder {folder} cannot be made ({refused.strerror}); "
            "choose another with --data or ORCHESTRATOR_DATA"
        ) from None
