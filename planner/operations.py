"""What may be done to a plan, one operation at a time: closed values, and what each makes of the plan.

No operation speaks of risk or gates: those are the policy's, and it judges what comes out.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from domain.base import Value
from domain.ids import AgentId, SubtaskId

Brief = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Criteria = Annotated[tuple[Brief, ...], Field(max_length=100)]


class Add(Value):
    """More work, read like a request: it may become several subtasks. `before` wait for it, it waits for `after`."""

    op: Literal["add"] = "add"
    brief: Brief
    agent: AgentId | None = None
    after: tuple[SubtaskId, ...] = ()
    before: tuple[SubtaskId, ...] = ()
    acceptance: Criteria = ()


class Drop(Value):
    """What waited for it waits for what it waited for."""

    op: Literal["drop"] = "drop"
    subtask_id: SubtaskId


class Piece(Value):
    brief: Brief
    agent: AgentId | None = None


class Split(Value):
    """One subtask becomes several; the first keeps its id. In a row, unless they may run side by side."""

    op: Literal["split"] = "split"
    subtask_id: SubtaskId
    into: Annotated[tuple[Piece, ...], Field(min_length=2, max_length=50)]
    in_a_row: bool = True


class Merge(Value):
    """Several subtasks become one, done by the agent of the first, under its id."""

    op: Literal["merge"] = "merge"
    subtask_ids: Annotated[tuple[SubtaskId, ...], Field(min_length=2, max_length=50)]
    brief: Brief | None = None


class Reassign(Value):
    op: Literal["reassign"] = "reassign"
    subtask_id: SubtaskId
    agent: AgentId


class Reorder(Value):
    """It waits for exactly these from now on."""

    op: Literal["reorder"] = "reorder"
    subtask_id: SubtaskId
    after: tuple[SubtaskId, ...]


class Link(Value):
    """It waits for one more."""

    op: Literal["link"] = "link"
    subtask_id: SubtaskId
    after: SubtaskId


class Rebrief(Value):
    """What is to be done, said anew; what is not given stays."""

    op: Literal["brief"] = "brief"
    subtask_id: SubtaskId
    brief: Brief | None = None
    title: Title | None = None
    acceptance: Criteria | None = None


class Retime(Value):
    """The time-out of one attempt, in seconds."""

    op: Literal["sla"] = "sla"
    subtask_id: SubtaskId
    timeout_s: float = Field(gt=0, le=86_400)


class Limit(Value):
    """Something to be kept in mind by everybody who works on the plan."""

    op: Literal["limit"] = "limit"
    text: Brief


Operation = Annotated[
    Add | Drop | Split | Merge | Reassign | Reorder | Link | Rebrief | Retime | Limit,
    Field(discriminator="op"),
]


def touched(operation: Operation) -> tuple[SubtaskId, ...]:
    """Subtasks whose own work, place or agent it changes."""
    match operation:
        case Add(before=before):
            return before
        case Limit():
            return ()
        case Merge(subtask_ids=nodes):
            return nodes
        case _:
            return (operation.subtask_id,)
