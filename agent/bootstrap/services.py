"""Everything the API serves from."""

import random
from functools import partial
from typing import Final
from uuid import uuid4

from agent.bootstrap.desk import Desk
from agent.bootstrap.equipment import Equipment
from agent.bootstrap.exposition import Exposition
from agent.bootstrap.plans import policy_of
from agent.config import Settings
from agent.feed import Feed
from agent.service.answering import Answering
from agent.service.assigning import Assigning
from agent.service.changing import Changing
from agent.service.choosing import Choosing
from agent.service.comparing import Comparing
from agent.service.control import Control
from agent.service.editing import Editing
from agent.service.estimating import Estimating
from agent.service.executing import Executing
from agent.service.health import HealthBoard
from agent.service.hearing import Ear, Hearing
from agent.service.learning import Learning
from agent.service.lending import Lending
from agent.service.looking import Looking
from agent.service.preapproving import Preapproving
from agent.service.pruning import Pruning
from agent.service.queueing import Queueing
from agent.service.ready import Ready
from agent.service.replying import Replying
from agent.service.revising import Revising
from agent.service.served import Services
from agent.service.simulating import Simulating
from agent.service.submit import Submitting
from agent.service.undelivered import Undelivered
from agent.store.agents import Agents
from agent.store.approvals import Approvals
from agent.store.audit import Blocks
from agent.store.events import Events
from agent.store.tasks import Tasks
from agent.store.warrants import Warrants
from agent.telemetry.tracing import carrier
from agent.telling.channels import Configured
from notifiers.foreseen import foreseen
from planner.amend import amended, reassigned
from planner.digest import digest_of
from planner.edit import edited

OPEN: Final = frozenset({"/healthz", "/readyz"})
"""Paths that ask nobody who they are."""


def services_of(has: Equipment, desk: Desk, board: HealthBoard) -> Services:
    database, clock, drawn = has.database, has.clock, has.drawn
    events = Events(database.pool)
    comparing = Comparing(database, drawn.manifest, partial(random.Random, 0))
    learning = Learning(database, drawn.manifest, drawn.recollection, drawn.routes)
    estimating = Estimating(drawn.manifest, lambda: learning.history, clock, partial(random.Random, 0))
    control = Control(database, clock)
    changing = Changing(desk.deciding, desk.keeping, Revising(clock), partial(amended, drawn.planning))
    replying = Replying(database, desk.deciding, changing, comparing)
    return Services(
        manifest=drawn.manifest,
        clock=clock,
        tasks=Tasks(database.pool),
        approvals=Approvals(database.pool),
        agents=Agents(database.pool),
        events=events,
        feed=Feed(events, database.ears),
        submitting=Submitting(
            database,
            desk.plan,
            clock,
            digest_of,
            desk.keeping.check,
            never_called=partial(foreseen, reach=has.telling.reach),
        ),
        deciding=desk.deciding,
        changing=changing,
        comparing=comparing,
        simulating=Simulating(database),
        read_policy=partial(policy_of, settings=has.settings, manifest=drawn.manifest),
        editing=Editing(database, desk.keeping, Revising(clock), partial(edited, drawn.planning), clock),
        lending=Lending(database, desk.known, uuid4),
        preapproving=Preapproving(database, desk.known, uuid4),
        warrants=Warrants(database.pool),
        executing=Executing(database, board, clock, carrier),
        assigning=Assigning(
            database, desk.keeping, drawn.manifest, partial(reassigned, drawn.planning), clock
        ),
        control=control,
        answering=Answering(database, clock),
        queueing=Queueing(database, control),
        pruning=Pruning(database),
        choosing=Choosing(database, drawn.routes, has.tie),
        learning=learning,
        looking=Looking(database, clock, has.notes.of, estimating),
        undelivered=Undelivered(database),
        keyring=has.keyring,
        open_paths=OPEN if has.settings.auth_metrics else OPEN | {"/metrics"},
        replying=replying,
        hearing=Hearing(
            database,
            replying,
            _ear(has.settings, has.telling),
            has.keyring,
            clock,
            links=has.telling.destinations.links,
        ),
        linking=has.telling.linking,
        blocks=Blocks(database.pool),
        ready=Ready(database.pool, clock, has.notes.ping, has.gateway.probe),
        exposition=Exposition(has).shown,
        streaming=has.metrics.streaming,
    )


def _ear(settings: Settings, telling: Configured) -> Ear | None:
    secret = settings.linear_webhook_secret
    if secret is None or telling.comments is None:
        return None
    return Ear(telling.comments, settings.linear_approval_hub_issue_id, [secret.get_secret_value()])
