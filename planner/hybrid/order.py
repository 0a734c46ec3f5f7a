"""The order that a request states: it holds in a model's plan as well."""

from collections.abc import Mapping, Sequence
from typing import Final

from domain.ids import SubtaskId
from domain.plan import Edge, EdgeKind, Plan, Subtask
from planner.hybrid.division import Division

TOLD: Final[frozenset[EdgeKind]] = frozenset({"explicit", "sequence", "list", "anaphor"})
"""Orders that the request's words say (“then”, “publish them”), and no model takes back."""


def in_told_order(subtasks: tuple[Subtask, ...], drafted: Plan, division: Division) -> tuple[Subtask, ...]:
    """An order that the request's own words say is kept, whatever the model made of it; so is what is handed over."""
    rules = {s.subtask_id: s for s in drafted.subtasks}
    wanted: dict[SubtaskId, dict[SubtaskId, Edge]] = {}
    for second in drafted.subtasks:
        for edge in second.depends_on:
            if edge.on not in rules or edge.kind not in {*TOLD, "data"}:
                continue
            before, after = (_doing(rule, subtasks, division, edge) for rule in (rules[edge.on], second))
            kind: EdgeKind = "data" if edge.kind == "data" else "given"
            for later in after - before:
                told = {on: Edge(on=on, kind=kind, reason=edge.reason) for on in before - after}
                wanted.setdefault(later, {}).update(told)
    return tuple(_after(subtask, wanted.get(subtask.subtask_id, {})) for subtask in subtasks)


def _doing(
    rule: Subtask, subtasks: Sequence[Subtask], division: Division, edge: Edge
) -> frozenset[SubtaskId]:
    """Who does any of it now; of what is handed over by name, the same agent only, for others hand over otherwise."""
    return frozenset(
        subtask.subtask_id
        for subtask in subtasks
        if any(division.origin(requirement) in rule.covers for requirement in subtask.covers)
        and (edge.kind != "data" or subtask.agent == rule.agent)
    )


def _after(subtask: Subtask, told: Mapping[SubtaskId, Edge]) -> Subtask:
    kept = tuple(edge for edge in subtask.depends_on if edge.on not in told)
    return subtask.model_copy(update={"depends_on": (*kept, *told.values())}) if told else subtask
