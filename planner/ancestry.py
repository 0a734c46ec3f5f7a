"""Who comes before whom in a set of subtasks, looked up once for many questions."""

from collections.abc import Sequence

from domain.graph import reachable
from domain.ids import SubtaskId
from domain.plan import Subtask


class Ancestry:
    """The predecessors of a set of subtasks, near and far."""

    def __init__(self, subtasks: Sequence[Subtask]) -> None:
        self.edges = {s.subtask_id: tuple(edge.on for edge in s.depends_on) for s in subtasks}
        self._places = {subtask.subtask_id: place for place, subtask in enumerate(subtasks)}
        self._subtasks = tuple(subtasks)

    def behind(self, subtask: Subtask) -> list[Subtask]:
        """All subtasks that come before one, near and far, in the order of the plan."""
        # A set has another order in every process, and what is told of these goes into the plan's hash.
        places = sorted(self._places[i] for i in self.behind_ids([subtask.subtask_id]) if i in self._places)
        return [self._subtasks[place] for place in places]

    def behind_ids(self, ids: Sequence[SubtaskId]) -> set[SubtaskId]:
        return reachable(ids, self.edges)
