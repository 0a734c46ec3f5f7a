"""What the service stands on: opened once, in this order, and closed together."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import assert_never

import httpx

from agent.artifacts import Artifacts
from agent.bootstrap.models import models_of, planner_of, tie_of
from agent.bootstrap.plans import Plans, environ_of
from agent.cache import Notes
from agent.config import Settings
from agent.embedded.stack import Stack
from agent.engine.ports import Specialist
from agent.gateway.late import LateGateway
from agent.gateway.port import ToolServers
from agent.llm.models import Models
from agent.service.keyring import Keyring
from agent.service.ports import Planner
from agent.service.tiebreak import TieBreak
from agent.specialists.reach import Specialists
from agent.store import agents as stored_agents
from agent.store.clock import DatabaseClock
from agent.store.database import Database, open_database
from agent.telemetry.facts import log_facts
from agent.telemetry.metrics import Metrics
from agent.telemetry.tracing import Tracing, tracing
from agent.telemetry.wrap import asked, planned
from agent.telling.channels import Configured, configured
from domain.clock import Clock
from domain.errors import ConfigurationError
from domain.event import Fact


@dataclass(frozen=True)
class Equipment:
    """Everything that reaches out of the process, and what was read at the start."""

    settings: Settings
    drawn: Plans
    database: Database
    clock: DatabaseClock
    notes: Notes
    metrics: Metrics
    traces: Tracing
    gateway: ToolServers
    specialists: Specialist
    telling: Configured
    planner: Planner
    tie: TieBreak | None
    keyring: Keyring | None


async def equipped(
    settings: Settings,
    stack: Stack,
    drawn: Plans,
    opened: AsyncExitStack,
    *,
    served_at: str,
    specialist: Specialist | None = None,
) -> Equipment:
    metrics = Metrics(version=version("orchestrator"))
    traces = tracing(settings.otel_exporter_otlp_endpoint, version=version("orchestrator"))
    opened.callback(traces.close)
    database = await opened.enter_async_context(
        open_database(stack.database_url, on_facts=partial(_told, metrics))
    )
    async with database.transaction("manifest") as tx:
        await stored_agents.list_manifest(tx.connection, drawn.manifest)
    clock = DatabaseClock()
    await clock.sync(database.pool)
    notes = Notes(stack.redis_url)
    opened.push_async_callback(notes.aclose)
    environ = environ_of(settings)
    gateway = await opened.enter_async_context(LateGateway(lambda: drawn.manifest, environ))
    models = models_of(settings, now=clock.now, wrap=partial(asked, metrics=metrics, tracing=traces))
    if models is not None:
        opened.push_async_callback(models.aclose)
    specialists = await opened.enter_async_context(_specialists(settings, drawn, gateway, environ, models))
    http = await opened.enter_async_context(httpx.AsyncClient(trust_env=False))
    telling = configured(settings, http, clock, served_at=served_at)
    return Equipment(
        settings,
        drawn,
        database,
        clock=clock,
        notes=notes,
        metrics=metrics,
        traces=traces,
        gateway=gateway,
        specialists=specialist or specialists,
        telling=telling,
        planner=planned(planner_of(drawn, models)),
        tie=tie_of(drawn, models),
        keyring=keyring_of(settings, clock),
    )


def _specialists(
    settings: Settings, drawn: Plans, gateway: ToolServers, environ: dict[str, str], models: Models | None
) -> Specialists:
    return Specialists(
        manifest=lambda: drawn.manifest,
        gateway=gateway,
        models=models.speakers if models else (),
        artifacts=Artifacts(settings.orchestrator_data / "artifacts"),
        environ=environ,
    )


def _told(metrics: Metrics, facts: Sequence[Fact]) -> None:
    """What this process has just committed."""
    metrics.count(facts)
    log_facts(facts)


def keyring_of(settings: Settings, clock: Clock) -> Keyring | None:
    """Who may call; None where people are who they say. Raises ConfigurationError or PrincipalsError."""
    match settings.auth_mode:
        case "off":
            return None
        case "keys" if settings.auth_principals is None:
            raise ConfigurationError(
                "AUTH_MODE=keys needs AUTH_PRINCIPALS: the file that says who may call; see docs/how/approvals.md"
            )
        case "keys":
            return Keyring(settings.auth_principals, clock)
        case other:
            assert_never(other)
