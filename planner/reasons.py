"""Edges held to the reasons they give: an edge that its own reason contradicts is the wrong way round."""

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from domain.ids import SubtaskId
from domain.plan import Edge, Finding, Subtask
from planner.implied import checks, irreversible, ships
from planner.rules.capability import Capabilities
from planner.rules.stages import Stage, comes_before, stage_of


def wrong_order(subtasks: Sequence[Subtask], capabilities: Capabilities) -> list[Finding]:
    """Edges that cannot be as their reason says."""
    by_id = {subtask.subtask_id: subtask for subtask in subtasks}
    stages = {subtask.subtask_id: _stage(subtask, capabilities) for subtask in subtasks}
    return [
        _finding(number, place, edge)
        for number, subtask in enumerate(subtasks)
        for place, edge in enumerate(subtask.depends_on)
        if edge.on in by_id and _contradicted(edge, by_id[edge.on], subtask, stages)
    ]


def _finding(number: int, place: int, edge: Edge) -> Finding:
    return Finding(
        code="wrong_order",
        severity="hard",
        path=f"subtasks[{number}].depends_on[{place}]",
        message=f"it waits for {edge.on} because “{edge.reason}”, and that does not hold between the two",
        mend="turn the edge round, or remove it",
    )


def _contradicted(edge: Edge, first: Subtask, second: Subtask, stages: Mapping[SubtaskId, Stage]) -> bool:
    match edge.kind:
        case "sequence" | "list" | "anaphor":
            return first.ordinal > second.ordinal
        case "explicit":
            return first.ordinal < second.ordinal
        case "data":
            return not set(first.produces) & set(second.consumes)
        case "phase":
            own, other = stages[first.subtask_id], stages[second.subtask_id]
            return not comes_before(own, other, backwards=first.ordinal > second.ordinal)
        case "implied":
            return not _serves(first, second)
        case "given" | "model":
            return False
        case other_kind:
            assert_never(other_kind)


def _serves(first: Subtask, second: Subtask) -> bool:
    """Whether implied work stands where it is of use: a review before what ships, a backup before what destroys."""
    if not first.implied:
        return second.implied
    return ships(second) if checks(first) else irreversible(second)


def _stage(subtask: Subtask, capabilities: Capabilities) -> Stage:
    if not subtask.clauses:
        return "none"
    first = subtask.clauses[0]
    return stage_of(first, capabilities.concept(first, subtask.required_tags, subtask.agent))


def turned(subtasks: Sequence[Subtask], capabilities: Capabilities) -> Iterator[Subtask]:
    """The subtasks without edges that their reasons contradict."""
    wrong = {finding.path for finding in wrong_order(subtasks, capabilities)}
    for number, subtask in enumerate(subtasks):
        kept = tuple(
            edge
            for place, edge in enumerate(subtask.depends_on)
            if f"subtasks[{number}].depends_on[{place}]" not in wrong
        )
        yield (
            subtask
            if len(kept) == len(subtask.depends_on)
            else subtask.model_copy(update={"depends_on": kept})
        )
