"""Who comes before whom in a set of subtasks, looked up once for many questions."""

from collections.abc import Sequence

from domain.graph import reachable
from domain.ids import SubtaskId
from domain.plan import Subtask


class Ancestry:
    """The predecessors of a set of subtasks, near and far."""

    def __init__(self, subtasks: Sequence[Subtask]) -> None:
        self.edges = {s.subtask_id: tuple(edge.on for edge in s.depends_on) for s in subtasks}
        self._by_id = {subtask.subtask_id: subtask for subtask in subtasks}

    def behind(self, subtask: Subtask) -> list[Subtask]:
        """All subtasks that come before one, near and far."""
        return [self._by_id[i] for i in self.behind_ids([subtask.subtask_id]) if i in self._by_id]

    def behind_ids(self, ids: Sequence[SubtaskId]) -> set[SubtaskId]:
        return reachable(ids, self.edges)
