"""What a worker does besides running tasks: tells people, nudges them, signs the log."""

import random
from collections.abc import Coroutine
from typing import Any, Final

from agent.audit.auditor import Auditor
from agent.audit.key import SigningKey
from agent.bootstrap.equipment import Equipment
from agent.config import Settings
from agent.engine.consumer import Consumer
from agent.own_secret import own_secret
from agent.service.nudging import Nudging
from agent.service.served import Services
from agent.store.plans import Plans
from agent.store.tickets import DELIVER
from agent.telling.calling import Calling, nobody
from agent.telling.composing import Composing
from agent.telling.courier import Courier
from agent.telling.herald import Herald

AUDIT_KEY: Final = "audit.key"
COURIERS: Final = 8
PATIENCE_S: Final = 0.05
"""The queue tells of every ticket, and most are to run something; whoever looks at once looks while that begins."""


class Telling:
    """Its own hands, so that runs cannot starve it."""

    def __init__(self, has: Equipment, services: Services) -> None:
        self._database = has.database
        self._herald = Herald(has.database, _composing(has, services))
        self._courier = _courier(has)
        self._auditor = Auditor(has.database, _signing_key(has.settings), has.clock)
        self._nudging = Nudging(has.database)

    def chores(self) -> list[Coroutine[Any, Any, None]]:
        couriers = Consumer(
            self._database, DELIVER, self._courier.deliver, COURIERS, patience=lambda: PATIENCE_S
        )
        return [self._herald.run(), couriers.run(), self._auditor.run(), self._nudging.run()]


def _composing(has: Equipment, services: Services) -> Composing:
    return Composing(
        services.tasks,
        Plans(has.database.pool),
        services.approvals,
        has.telling.destinations,
        has.keyring,
        differs=services.comparing.lines,
    )


def _courier(has: Equipment) -> Courier:
    comments = has.telling.comments
    return Courier(
        has.database,
        has.telling.channels,
        has.clock,
        random.random,
        has.metrics.told,
        dressed=has.telling.linking.dressed,
        called=Calling(comments.profile, has.keyring).called if comments else nobody,
    )


def _signing_key(settings: Settings) -> SigningKey:
    given = settings.audit_key
    return SigningKey(
        given.get_secret_value() if given else own_secret(settings.orchestrator_data, AUDIT_KEY)
    )
