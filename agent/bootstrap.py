"""Wires the house: the one place that sees every port and every adapter."""

import asyncio
import os
import random
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from agent.artifacts import Artifacts
from agent.cache import Notes
from agent.config import Settings
from agent.embedded.stack import Stack
from agent.engine.recorder import Recorder
from agent.engine.runner import Surroundings
from agent.engine.worker import Duties, Worker
from agent.feed import Feed
from agent.gateway.client import McpGateway
from agent.llm.choose import choose_model
from agent.manifests import default_manifest, load_manifest
from agent.notes import Noted
from agent.service.assigning import Assigning
from agent.service.control import Control
from agent.service.deciding import Deciding
from agent.service.executing import Executing
from agent.service.health import HealthBoard
from agent.service.looking import Looking
from agent.service.planning import Planning as PlanKeeping
from agent.service.ready import Ready
from agent.service.served import Services
from agent.service.submit import Submitting
from agent.specialists.reach import Specialists
from agent.store import agents as stored_agents
from agent.store import runs
from agent.store.agents import Agents
from agent.store.approvals import Approvals
from agent.store.clock import DatabaseClock
from agent.store.database import Database, open_database
from agent.store.events import Events
from agent.store.migrate import migrate
from agent.store.tasks import Tasks
from agent.telemetry.metrics import Metrics
from agent.telemetry.tracing import Tracing, carrier, continued, tracing
from agent.telemetry.wrap import measured, timed
from approvals.policy import Policy
from domain.agent import Manifest, RiskLevel
from domain.approval import ApprovalStatus
from domain.ids import AgentId
from domain.request import Request
from domain.task import Task, TaskStatus
from planner.amend import reassigned
from planner.digest import digest_of
from planner.pipeline import Planning
from routing.route import Router

POLICY: Final = "risk-policy.yaml"
HEALTH_S: Final = 15.0
GRACE_S: Final = 10.0
"""How long calls in flight may still take when the service is told to stop."""


@dataclass(frozen=True)
class Plans:
    """All that planning needs; no database among it."""

    manifest: Manifest
    policy: Policy
    planning: Planning


def environ_of(settings: Settings) -> dict[str, str]:
    """The environment as manifests see it: what is set, and where this service keeps its workspace."""
    environ = {"WORKSPACE_DIR": str(settings.orchestrator_data / "workspace"), **os.environ}
    if settings.mcp_gateway_url is not None:
        environ["MCP_GATEWAY_URL"] = settings.mcp_gateway_url
    return environ


def plans(settings: Settings) -> Plans:
    """Read manifest and policy. Raises ManifestError or PolicyError, with path and reason."""
    environ, path = environ_of(settings), settings.orchestrator_manifest
    manifest = default_manifest(environ) if path is None else load_manifest(path, environ)
    if settings.mcp_gateway_url is not None:
        gateway = manifest.gateway.model_copy(update={"url": settings.mcp_gateway_url})
        manifest = manifest.model_copy(update={"gateway": gateway})
    shipped = Path(str(files("manifests").joinpath(POLICY)))
    policy = Policy.load(settings.orchestrator_policy or shipped, ttl_s=_ttls(settings)).guarding(manifest)
    planning = Planning(manifest, Router(manifest), policy)
    # The first plan reads vocabularies and builds indexes: before anybody waits for it.
    planning.plan_by_rules(Request(task_id="first", title="Review the change, then deploy it"))
    return Plans(manifest, policy, planning)


def _ttls(settings: Settings) -> dict[RiskLevel, float]:
    given: dict[RiskLevel, float | None] = {
        "low": settings.approval_ttl_low,
        "medium": settings.approval_ttl_medium,
        "high": settings.approval_ttl_high,
        "critical": settings.approval_ttl_critical,
    }
    return {level: ttl for level, ttl in given.items() if ttl is not None}


@asynccontextmanager
async def serve(
    settings: Settings, stack: Stack, *, worker: bool = True, name: str | None = None
) -> AsyncIterator[Services]:
    """The running service on a database and a Redis, with a worker of its own unless told otherwise.

    Raises ManifestError, PolicyError or UnreachableError before anything is served.
    """
    drawn = plans(settings)
    await migrate(stack.database_url)
    async with AsyncExitStack() as opened:
        house = await _House.built(settings, stack, drawn, opened)
        background = await opened.enter_async_context(_background(house.chores()))
        if worker:
            await opened.enter_async_context(_working(house, name or _worker_name(), background))
        yield house.services


@asynccontextmanager
async def _background(chores: list[Coroutine[Any, Any, None]]) -> AsyncIterator[asyncio.TaskGroup]:
    """Run these for the block; one that fails ends the block with its error."""
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(chore) for chore in chores]
        try:
            yield group
        finally:
            for task in running:
                task.cancel()


@asynccontextmanager
async def _working(house: "_House", name: str, group: asyncio.TaskGroup) -> AsyncIterator[None]:
    worker = Worker(
        house.database,
        name,
        house.duties(),
        concurrency=house.settings.worker_concurrency,
        grace_s=GRACE_S,
    )
    running = group.create_task(worker.run(), name="worker")
    try:
        yield
    finally:
        worker.leave()
        await asyncio.wait([running], timeout=GRACE_S * 2)
        running.cancel()


def _worker_name() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"


class _House:
    """Every object of the service, made once."""

    def __init__(
        self,
        settings: Settings,
        drawn: Plans,
        database: Database,
        *,
        clock: DatabaseClock,
        notes: Notes,
        metrics: Metrics,
        traces: Tracing,
        gateway: McpGateway,
        specialists: Specialists,
    ) -> None:
        self.settings = settings
        self.database = database
        self._clock = clock
        self._metrics = metrics
        self._manifest = drawn.manifest
        self._noted = Noted(measured(specialists, metrics, traces), notes)
        self._board = HealthBoard(database, drawn.manifest, specialists)
        self._tasks = Tasks(database.pool)
        events = Events(database.pool)
        self._feed = Feed(events, database.dsn)
        self._keeping = PlanKeeping(database, drawn.planning, clock, uuid4)
        self._plan = timed(
            self._keeping.plan, "plan", metrics, traces, span="orchestrator.plan", operation="plan"
        )
        self._deciding = Deciding(database, clock, carrier, self._observe_decision)
        self.services = Services(
            manifest=drawn.manifest,
            clock=clock,
            tasks=self._tasks,
            approvals=Approvals(database.pool),
            agents=Agents(database.pool),
            events=events,
            feed=self._feed,
            submitting=Submitting(database, self._plan, clock, digest_of),
            deciding=self._deciding,
            executing=Executing(database, self._board, clock, carrier),
            assigning=Assigning(
                database, self._keeping, drawn.manifest, partial(reassigned, drawn.planning), clock
            ),
            control=Control(database, clock),
            looking=Looking(database, clock, notes.of),
            ready=Ready(database.pool, clock, notes.ping, gateway.probe),
            exposition=self._exposition,
            streaming=metrics.streaming,
        )

    @classmethod
    async def built(cls, settings: Settings, stack: Stack, drawn: Plans, opened: AsyncExitStack) -> "_House":
        metrics = Metrics(version=version("orchestrator"))
        traces = tracing(settings.otel_exporter_otlp_endpoint, version=version("orchestrator"))
        opened.callback(traces.close)
        database = await opened.enter_async_context(open_database(stack.database_url, on_facts=metrics.count))
        async with database.transaction("manifest") as tx:
            await stored_agents.list_manifest(tx.connection, drawn.manifest)
        clock = DatabaseClock()
        await clock.sync(database.pool)
        notes = Notes(stack.redis_url)
        opened.push_async_callback(notes.aclose)
        environ = environ_of(settings)
        gateway = await opened.enter_async_context(McpGateway(lambda: drawn.manifest, environ))
        specialists = await opened.enter_async_context(
            _specialists(settings, drawn, gateway, environ, opened)
        )
        return cls(
            settings,
            drawn,
            database,
            clock=clock,
            notes=notes,
            metrics=metrics,
            traces=traces,
            gateway=gateway,
            specialists=specialists,
        )

    def chores(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on in the background for as long as the service runs."""
        return [self._clock.keep(self.database.pool), self._feed.run(), self._noted.run(), self._look_after()]

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(HEALTH_S)
            await self._board.refresh()

    def duties(self) -> Duties:
        limits = {agent.id: agent.limits.max_concurrency for agent in self._manifest.agents}

        def limited(agent_id: AgentId) -> bool:
            return limits.get(agent_id) is not None

        def surroundings(recorder: Recorder) -> Surroundings:
            return Surroundings(
                recorder=recorder,
                specialist=self._noted,
                clock=self._clock,
                draw=random.random,
                health=self._board.known,
                limited=limited,
                load=self._load,
                status=self._status,
            )

        return Duties(
            plan=self._plan,
            expire=self._deciding.expire,
            surroundings=surroundings,
            continued=continued,
            on_batch=self._metrics.committed,
        )

    async def _load(self, task_id: str) -> tuple[Task, runs.Run]:
        return await self._tasks.get(task_id), await runs.load(self.database.pool, task_id)

    async def _status(self, task_id: str) -> TaskStatus | None:
        task = await self._tasks.find(task_id)
        return task.status if task else None

    async def _exposition(self, accept: str) -> tuple[bytes, str]:
        active, queued = await self._tasks.standing()
        self._metrics.standing(active=active, queued=queued)
        return self._metrics.exposition(accept)

    def _observe_decision(self, _status: ApprovalStatus, waited_s: float) -> None:
        self._metrics.observe("approval_wait", waited_s)


def _specialists(
    settings: Settings, drawn: Plans, gateway: McpGateway, environ: dict[str, str], opened: AsyncExitStack
) -> Specialists:
    key = settings.openai_api_key
    model = choose_model(
        settings.orchestrator_model,
        api_key=key.get_secret_value() if key else None,
        base_url=settings.openai_base_url,
    )
    if model is not None:
        opened.push_async_callback(model.aclose)
    return Specialists(
        manifest=lambda: drawn.manifest,
        gateway=gateway,
        model=model,
        artifacts=Artifacts(settings.orchestrator_data / "artifacts"),
        environ=environ,
    )
