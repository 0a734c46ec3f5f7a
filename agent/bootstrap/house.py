"""The service as a whole: every object made once and handed to those who use it."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any, Final

from agent.bootstrap.desk import Desk
from agent.bootstrap.equipment import Equipment
from agent.bootstrap.services import services_of
from agent.bootstrap.telling import Telling
from agent.engine.recorder import Recorder
from agent.engine.surroundings import Surroundings
from agent.engine.worker import Duties
from agent.notes import Noted
from agent.service.health import HealthBoard, Overheard
from agent.store.runs import Runs
from agent.telemetry.tracing import continued
from agent.telemetry.wrap import measured
from domain.ids import AgentId
from domain.task import TaskStatus
from planner.digest import digest_of

HEALTH_S: Final = 15.0


class House:
    """What the API serves from, what goes on beside it, and what a worker does."""

    def __init__(self, has: Equipment) -> None:
        self.settings = has.settings
        self.database = has.database
        self._has = has
        self._board = HealthBoard(has.database, has.drawn.manifest, has.specialists)
        self._noted = Noted(
            Overheard(measured(has.specialists, has.metrics, has.traces), self._board), has.notes
        )
        self._runs = Runs(has.database.pool)
        self._with_slots = frozenset(
            agent.id for agent in has.drawn.manifest.agents if agent.limits.max_concurrency is not None
        )
        self._desk = Desk(has)
        self.services = services_of(has, self._desk, self._board)
        self._telling = Telling(has, self.services)

    def chores(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on in the background for as long as the service runs."""
        chores = [
            self._has.clock.keep(self.database.pool),
            self.services.feed.run(),
            self._noted.run(),
            self._look_after(),
            self.services.learning.keep(),
        ]
        return chores if self._has.keyring is None else [*chores, self._has.keyring.keep()]

    def telling(self) -> list[Coroutine[Any, Any, None]]:
        """What a worker does besides running tasks."""
        return self._telling.chores()

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(HEALTH_S)
            await self._board.refresh()

    def duties(self) -> Duties:
        return Duties(
            plan=self._desk.plan,
            expire=self._desk.deciding.expire,
            give_up=self.services.answering.give_up,
            surroundings=self._surroundings,
            continued=continued,
            on_batch=self._has.metrics.committed,
        )

    def _surroundings(self, recorder: Recorder) -> Surroundings:
        return Surroundings(
            recorder=recorder,
            specialist=self._noted,
            clock=self._has.clock,
            draw=random.random,
            digest_of=digest_of,
            health=self._board.known,
            limited=self._limited,
            load=self.services.tasks.get,
            load_run=self._runs.load,
            status=self._status,
        )

    def _limited(self, agent_id: AgentId) -> bool:
        return agent_id in self._with_slots

    async def _status(self, task_id: str) -> TaskStatus | None:
        task = await self.services.tasks.find(task_id)
        return task.status if task else None
