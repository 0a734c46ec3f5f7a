"""Every object of the service, made once and handed to those who use it."""

import asyncio
import random
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from functools import partial
from importlib.metadata import version
from typing import Any, Final, assert_never
from uuid import uuid4

import httpx

from agent.artifacts import Artifacts
from agent.audit.auditor import Auditor
from agent.audit.key import SigningKey
from agent.bootstrap.models import models_of, planner_of, tie_of
from agent.bootstrap.plans import Plans, environ_of, policy_of
from agent.cache import Notes
from agent.config import Settings
from agent.embedded.stack import Stack
from agent.engine.consumer import Consumer
from agent.engine.ports import Specialist
from agent.engine.recorder import Recorder
from agent.engine.runner import Surroundings
from agent.engine.worker import Duties
from agent.feed import Feed
from agent.gateway.late import LateGateway
from agent.gateway.port import ToolServers
from agent.llm.models import Models
from agent.notes import Noted
from agent.own_secret import own_secret
from agent.service.answering import Answering
from agent.service.assigning import Assigning
from agent.service.changing import Changing
from agent.service.choosing import Choosing
from agent.service.comparing import Comparing
from agent.service.control import Control
from agent.service.deciding import Deciding
from agent.service.editing import Editing
from agent.service.estimating import Estimating
from agent.service.executing import Executing
from agent.service.health import HealthBoard, Overheard
from agent.service.hearing import Ear, Hearing
from agent.service.keyring import Keyring
from agent.service.learning import Learning
from agent.service.lending import Lending
from agent.service.looking import Looking
from agent.service.nudging import Nudging
from agent.service.planning import Planning as PlanKeeping
from agent.service.ports import Planner
from agent.service.preapproving import Preapproving
from agent.service.pruning import Pruning
from agent.service.queueing import Queueing
from agent.service.ready import Ready
from agent.service.replying import Replying
from agent.service.revising import Revising
from agent.service.served import Services
from agent.service.simulating import Simulating
from agent.service.submit import Submitting
from agent.service.tiebreak import TieBreak
from agent.service.undelivered import Undelivered
from agent.specialists.reach import Specialists
from agent.store import agents as stored_agents
from agent.store.agents import Agents
from agent.store.approvals import Approvals
from agent.store.audit import Blocks
from agent.store.clock import DatabaseClock
from agent.store.database import Database, open_database
from agent.store.deliveries import Deliveries
from agent.store.events import Events
from agent.store.plans import Plans as StoredPlans
from agent.store.runs import Runs
from agent.store.tasks import Tasks
from agent.store.tickets import DELIVER
from agent.store.warrants import Warrants
from agent.telemetry.facts import log_facts
from agent.telemetry.metrics import Metrics
from agent.telemetry.tracing import Tracing, carrier, continued, tracing
from agent.telemetry.wrap import asked, measured, planned, timed
from agent.telling.calling import Calling, nobody
from agent.telling.channels import Configured, configured
from agent.telling.composing import Composing
from agent.telling.courier import Courier
from agent.telling.herald import Herald
from domain.approval import ApprovalStatus
from domain.clock import Clock
from domain.errors import ConfigurationError
from domain.event import Fact
from domain.ids import AgentId
from domain.task import TaskStatus
from planner.amend import amended, reassigned
from planner.digest import digest_of
from planner.edit import edited
from planner.given import plan_given

AUDIT_KEY: Final = "audit.key"
HEALTH_S: Final = 15.0
COURIERS: Final = 8
OPEN: Final = frozenset({"/healthz", "/readyz"})
"""Paths that ask nobody who they are."""


class House:
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
        gateway: ToolServers,
        specialists: Specialist,
        telling: Configured,
        planner: Planner,
        tie: TieBreak | None,
        keyring: Keyring | None,
    ) -> None:
        self.settings = settings
        self.database = database
        self._clock = clock
        self._metrics = metrics
        self._manifest = drawn.manifest
        self._board = HealthBoard(database, drawn.manifest, specialists)
        self._noted = Noted(Overheard(measured(specialists, metrics, traces), self._board), notes)
        self._tasks = Tasks(database.pool)
        self._runs = Runs(database.pool)
        events = Events(database.pool)
        self._feed = Feed(events, database.dsn)
        self._keeping = PlanKeeping(
            database, planner, clock, uuid4, given=partial(plan_given, drawn.planning)
        )
        self._plan = timed(
            self._plan_and_ask, "plan", metrics, traces, span="orchestrator.plan", operation="plan"
        )
        known = keyring.known if keyring else None
        self._deciding = Deciding(database, clock, carrier, self._observe_decision, known)
        self._keyring = keyring
        approvals = Approvals(database.pool)
        comparing = Comparing(database, drawn.manifest, partial(random.Random, 0))
        composing = Composing(
            self._tasks,
            StoredPlans(database.pool),
            approvals,
            telling.destinations,
            keyring,
            differs=comparing.lines,
        )
        self._herald = Herald(database, composing)
        self._courier = Courier(
            database,
            telling.channels,
            clock,
            random.random,
            metrics.told,
            dressed=telling.linking.dressed,
            called=Calling(telling.comments.profile, keyring).called if telling.comments else nobody,
        )
        self._deliveries = Deliveries(database.pool)
        self._nudging = Nudging(database)
        self._auditor = Auditor(database, _signing_key(settings), clock)
        self._learning = learning = Learning(database, drawn.manifest, drawn.recollection, drawn.routes)
        estimating = Estimating(drawn.manifest, lambda: learning.history, clock, partial(random.Random, 0))
        control = Control(database, clock)
        changing = Changing(self._deciding, self._keeping, Revising(clock), partial(amended, drawn.planning))
        replying = Replying(database, self._deciding, changing, comparing)
        self.services = Services(
            manifest=drawn.manifest,
            clock=clock,
            tasks=self._tasks,
            approvals=approvals,
            agents=Agents(database.pool),
            events=events,
            feed=self._feed,
            submitting=Submitting(database, self._plan, clock, digest_of, self._keeping.check),
            deciding=self._deciding,
            changing=changing,
            comparing=comparing,
            simulating=Simulating(database),
            read_policy=partial(policy_of, settings=settings, manifest=drawn.manifest),
            editing=Editing(database, self._keeping, Revising(clock), partial(edited, drawn.planning), clock),
            lending=Lending(database, known, uuid4),
            preapproving=Preapproving(database, known, uuid4),
            warrants=Warrants(database.pool),
            executing=Executing(database, self._board, clock, carrier),
            assigning=Assigning(
                database, self._keeping, drawn.manifest, partial(reassigned, drawn.planning), clock
            ),
            control=control,
            answering=Answering(database, clock),
            queueing=Queueing(database, control),
            pruning=Pruning(database),
            choosing=Choosing(database, drawn.routes, tie),
            learning=learning,
            looking=Looking(database, clock, notes.of, estimating),
            undelivered=Undelivered(database),
            keyring=keyring,
            open_paths=OPEN if settings.auth_metrics else OPEN | {"/metrics"},
            replying=replying,
            hearing=Hearing(
                database, replying, _ear(settings, telling), keyring, clock, links=telling.destinations.links
            ),
            linking=telling.linking,
            blocks=Blocks(database.pool),
            ready=Ready(database.pool, clock, notes.ping, gateway.probe),
            exposition=self._exposition,
            streaming=metrics.streaming,
        )

    @classmethod
    async def built(
        cls,
        settings: Settings,
        stack: Stack,
        drawn: Plans,
        opened: AsyncExitStack,
        *,
        served_at: str,
        specialist: Specialist | None = None,
    ) -> "House":
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
        specialists = await opened.enter_async_context(
            _specialists(settings, drawn, gateway, environ, models)
        )
        http = await opened.enter_async_context(httpx.AsyncClient(trust_env=False))
        telling = configured(settings, http, clock, served_at=served_at)
        return cls(
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

    def chores(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on in the background for as long as the service runs."""
        chores = [
            self._clock.keep(self.database.pool),
            self._feed.run(),
            self._noted.run(),
            self._look_after(),
            self._learning.keep(),
        ]
        return chores if self._keyring is None else [*chores, self._keyring.keep()]

    def telling(self) -> list[Coroutine[Any, Any, None]]:
        """What a worker does besides running tasks: its own hands, so that runs cannot starve it."""
        couriers = Consumer(self.database, DELIVER, self._courier.deliver, COURIERS)
        return [self._herald.run(), couriers.run(), self._auditor.run(), self._nudging.run()]

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
                digest_of=digest_of,
                health=self._board.known,
                limited=limited,
                load=self._tasks.get,
                load_run=self._runs.load,
                status=self._status,
            )

        return Duties(
            plan=self._plan,
            expire=self._deciding.expire,
            give_up=self.services.answering.give_up,
            surroundings=surroundings,
            continued=continued,
            on_batch=self._metrics.committed,
        )

    async def _plan_and_ask(self, task_id: str) -> None:
        """What people said before of plans of this kind counts at once, and nobody else need be asked."""
        await self._keeping.plan(task_id)
        await self._deciding.say_again(task_id)

    async def _status(self, task_id: str) -> TaskStatus | None:
        task = await self._tasks.find(task_id)
        return task.status if task else None

    async def _exposition(self, accept: str) -> tuple[bytes, str]:
        active, queued = await self._tasks.standing()
        self._metrics.standing(active=active, queued=queued)
        waiting, dead, oldest_s = await self._deliveries.standing()
        self._metrics.undelivered(waiting=waiting, dead=dead, oldest_s=oldest_s)
        events, since_s = await self.services.blocks.unchained()
        self._metrics.unchained(events=events, oldest_s=since_s)
        return self._metrics.exposition(accept)

    def _observe_decision(self, _status: ApprovalStatus, waited_s: float) -> None:
        self._metrics.observe("approval_wait", waited_s)


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


def _ear(settings: Settings, telling: Configured) -> Ear | None:
    secret = settings.linear_webhook_secret
    if secret is None or telling.comments is None:
        return None
    return Ear(telling.comments, settings.linear_approval_hub_issue_id, [secret.get_secret_value()])


def _signing_key(settings: Settings) -> SigningKey:
    given = settings.audit_key
    return SigningKey(
        given.get_secret_value() if given else own_secret(settings.orchestrator_data, AUDIT_KEY)
    )


def _told(metrics: Metrics, facts: Sequence[Fact]) -> None:
    """What this process has just committed."""
    metrics.count(facts)
    log_facts(facts)
