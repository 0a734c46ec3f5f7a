"""Which subtask does what of that which was asked: a matrix, and whether it is an exact cover."""

from collections.abc import Sequence

from domain.base import Value
from domain.ids import RequirementId, SubtaskId
from domain.plan import Plan, Requirement, Subtask


class Matrix(Value):
    """Requirements × subtasks. `cells[r][s]` is true where subtask `s` covers requirement `r`."""

    requirements: tuple[Requirement, ...]
    subtasks: tuple[SubtaskId, ...]
    cells: tuple[tuple[bool, ...], ...]
    implied: tuple[SubtaskId, ...] = ()

    @property
    def exact(self) -> bool:
        """Every requirement is covered once, and every subtask that is not implied covers one."""
        once = all(sum(row) == 1 for row in self.cells)
        idle = [
            s
            for i, s in enumerate(self.subtasks)
            if s not in self.implied and not any(row[i] for row in self.cells)
        ]
        return once and not idle


def matrix(plan: Plan) -> Matrix:
    """The coverage of a plan."""
    return matrix_of(plan.requirements, plan.subtasks)


def matrix_of(requirements: Sequence[Requirement], subtasks: Sequence[Subtask]) -> Matrix:
    covered: list[set[RequirementId]] = [set(subtask.covers) for subtask in subtasks]
    return Matrix(
        requirements=tuple(requirements),
        subtasks=tuple(subtask.subtask_id for subtask in subtasks),
        cells=tuple(tuple(requirement.id in held for held in covered) for requirement in requirements),
        implied=tuple(subtask.subtask_id for subtask in subtasks if subtask.implied),
    )
