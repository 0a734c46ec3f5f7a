"""Tasks taken in one round trip, where the queue has no limit that somebody would have to count behind a lock."""

from collections.abc import Iterable, Sequence

from agent.store import tasks
from agent.store.queries import queries
from agent.store.rows import Connection, Row
from agent.store.step import Take, Taken
from agent.store.steps import BatchResult

_SQL = queries("runs")


class Taking:
    """A batch that takes tasks and writes nothing else."""

    def __init__(self, takes: Sequence[Take]) -> None:
        self._wanted = [take.task_id for take in takes]

    async def write(
        self, connection: Connection, worker_id: int, batch: int, _actor: str
    ) -> BatchResult | None:
        """None: nothing was taken, and the long way will say why."""
        rows = await connection.fetch(_SQL["take_at_once"], worker_id, self._wanted, batch)
        return self._result(row for row in rows if row["task_id"] is not None) if rows else None

    async def told_again(self, connection: Connection, worker_id: int) -> BatchResult:
        """What was taken by a batch that was committed, where its answer was lost."""
        return self._result(await connection.fetch(_SQL["taken_before"], worker_id, self._wanted))

    def _result(self, rows: Iterable[Row]) -> BatchResult:
        taken = {row["task_id"]: tasks.read(row) for row in rows}
        return BatchResult(
            [Taken(taken.pop(task_id, None)) for task_id in self._wanted], turn=False, facts=[]
        )
