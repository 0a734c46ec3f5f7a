"""Several subtasks of a plan made one."""

from domain.errors import PlanInvalidError
from domain.ids import SubtaskId
from domain.plan import Edge, Subtask
from planner.operations import Merge
from planner.rules.clauses import parse
from planner.sheet import Sheet
from planner.subtasks import title_of


def combined(sheet: Sheet, operation: Merge) -> Sheet:
    parts = [sheet.one(node) for node in dict.fromkeys(operation.subtask_ids)]
    if len(parts) < 2:
        raise PlanInvalidError("merging needs two different subtasks")
    first, inside = parts[0], {part.subtask_id for part in parts}
    edges: dict[SubtaskId, Edge] = {}
    for edge in (edge for part in parts for edge in part.depends_on if edge.on not in inside):
        edges.setdefault(edge.on, edge)
    brief = operation.brief or "\n".join(part.objective for part in parts)
    merged = first.model_copy(
        update={
            "title": title_of(brief),
            "objective": brief,
            "acceptance": tuple(dict.fromkeys(text for part in parts for text in part.acceptance)),
            "covers": tuple(dict.fromkeys(r for part in parts for r in part.covers)),
            "clauses": parse(brief) if operation.brief else tuple(c for part in parts for c in part.clauses),
            "depends_on": tuple(edges.values()),
            "consumes": tuple(dict.fromkeys(name for part in parts for name in part.consumes)),
            "implied": all(part.implied for part in parts),
        }
    )
    rest = tuple(
        merged if s.subtask_id == first.subtask_id else _onto(s, inside, first.subtask_id)
        for s in sheet.subtasks
        if s.subtask_id not in inside - {first.subtask_id}
    )
    return sheet._replace(subtasks=rest)


def _onto(subtask: Subtask, inside: set[SubtaskId], kept: SubtaskId) -> Subtask:
    edges: dict[SubtaskId, Edge] = {}
    for edge in subtask.depends_on:
        moved = edge.model_copy(update={"on": kept}) if edge.on in inside else edge
        edges.setdefault(moved.on, moved)
    return subtask.model_copy(update={"depends_on": tuple(edges.values())})
