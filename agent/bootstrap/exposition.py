"""The figures of the service as a scraper reads them, those that stand in the store included."""

from agent.bootstrap.equipment import Equipment
from agent.store.audit import Blocks
from agent.store.deliveries import Deliveries
from agent.store.tasks import Tasks


class Exposition:
    def __init__(self, has: Equipment) -> None:
        self._metrics = has.metrics
        self._tasks = Tasks(has.database.pool)
        self._deliveries = Deliveries(has.database.pool)
        self._blocks = Blocks(has.database.pool)

    async def shown(self, accept: str) -> tuple[bytes, str]:
        active, queued = await self._tasks.standing()
        self._metrics.standing(active=active, queued=queued)
        waiting, dead, oldest_s = await self._deliveries.standing()
        self._metrics.undelivered(waiting=waiting, dead=dead, oldest_s=oldest_s)
        events, since_s = await self._blocks.unchained()
        self._metrics.unchained(events=events, oldest_s=since_s)
        return self._metrics.exposition(accept)
