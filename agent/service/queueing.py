"""Steers the queue: how much runs at once, and everything to a stop."""

from agent.service.control import Control
from agent.store import queue
from agent.store.changes import QueueSet
from agent.store.database import Database
from agent.store.queue import Queue
from agent.store.tasks import Tasks
from domain.base import Value
from domain.errors import WrongStateError
from domain.facts.house import QueueChanged
from domain.queue import QueueSettings

PAGE = 500


class Stopped(Value):
    """What a stop did: the settings from here on, and which tasks were told to pause."""

    settings: QueueSettings
    pausing: tuple[str, ...]


class Queueing:
    def __init__(self, database: Database, control: Control) -> None:
        self._database = database
        self._control = control
        self._queue = Queue(database.pool)
        self._tasks = Tasks(database.pool)

    async def settings(self) -> QueueSettings:
        return await self._queue.settings()

    async def set(self, wanted: QueueSettings, *, actor: str, reason: str | None = None) -> QueueSettings:
        """Workers go by it from their next task on; nothing is recorded where nothing changes."""
        async with self._database.transaction(actor) as tx:
            if await queue.locked(tx.connection) != wanted:
                await tx.record(QueueSet(wanted), QueueChanged(settings=wanted, reason=reason))
                await tx.hint()
        return wanted

    async def stop(self, *, actor: str, reason: str | None = None) -> Stopped:
        """Take nothing up any more, and pause whatever runs. Each task is told in a transaction of its own:
        the queue is held first, so that nothing begins behind those that were told.
        """
        stopped = (await self._queue.settings()).model_copy(update={"paused": True})
        await self.set(stopped, actor=actor, reason=reason or "everything was told to stop")
        pausing = []
        while page := await self._tasks.page(statuses=["running"], limit=PAGE):
            for task in page:
                try:
                    await self._control.pause(task.task_id, actor=actor, reason=reason)
                except WrongStateError:
                    continue  # it ended, or was cancelled, meanwhile
                pausing.append(task.task_id)
        return Stopped(settings=stopped, pausing=tuple(pausing))
