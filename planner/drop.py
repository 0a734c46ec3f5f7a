"""A subtask taken out of a plan, its place bridged."""

from collections.abc import Sequence

from domain.graph import successors
from domain.ids import SubtaskId
from domain.plan import Edge, Subtask
from planner.sheet import Sheet


def without(sheet: Sheet, node: SubtaskId) -> Sheet:
    """Its place is bridged; implied work that served it alone goes with it."""
    gone = sheet.one(node)
    bridge = [edge.on for edge in gone.depends_on]
    left = tuple(_bridged(s, node, bridge) for s in sheet.subtasks if s.subtask_id != node)
    requirements = tuple(r for r in sheet.requirements if r.id not in gone.covers)
    left = _unserved(left, [edge.on for edge in gone.depends_on])
    return sheet._replace(subtasks=left, requirements=requirements)


def _bridged(subtask: Subtask, node: SubtaskId, bridge: Sequence[SubtaskId]) -> Subtask:
    old = next((edge for edge in subtask.depends_on if edge.on == node), None)
    if old is None:
        return subtask
    rest = tuple(edge for edge in subtask.depends_on if edge.on != node)
    known = {edge.on for edge in rest}
    added = tuple(
        Edge(on=on, kind="given", reason="what stood between them was dropped")
        for on in bridge
        if on not in known and on != subtask.subtask_id
    )
    return subtask.model_copy(update={"depends_on": (*rest, *added)})


def _unserved(subtasks: tuple[Subtask, ...], served: Sequence[SubtaskId]) -> tuple[Subtask, ...]:
    """Without implied work among `served` that nobody else waits for, and what that alone waited for."""
    graph = {s.subtask_id: tuple(edge.on for edge in s.depends_on) for s in subtasks}
    after = successors(graph)
    for node in served:
        subtask = next((s for s in subtasks if s.subtask_id == node), None)
        if subtask is not None and subtask.implied and not after.get(node):
            left = tuple(s for s in subtasks if s.subtask_id != node)
            return _unserved(left, [*(n for n in served if n != node), *graph[node]])
    return subtasks
