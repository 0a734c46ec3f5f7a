"""A plan on the bench: what operations change."""

from typing import NamedTuple

from domain.errors import NotFoundError
from domain.ids import SubtaskId
from domain.plan import Plan, Requirement, Subtask


class Sheet(NamedTuple):
    """A plan on the bench."""

    subtasks: tuple[Subtask, ...]
    requirements: tuple[Requirement, ...]
    constraints: tuple[str, ...] = ()

    def one(self, node: SubtaskId) -> Subtask:
        """Raises NotFoundError."""
        found = next((s for s in self.subtasks if s.subtask_id == node), None)
        if found is None:
            raise NotFoundError(f"the plan has no subtask {node!r}")
        return found

    def put(self, changed: Subtask) -> "Sheet":
        return self._replace(
            subtasks=tuple(changed if s.subtask_id == changed.subtask_id else s for s in self.subtasks)
        )


def sheet_of(plan: Plan) -> Sheet:
    return Sheet(plan.subtasks, plan.requirements, plan.constraints)
