"""Which names nothing before a subtask produces, for all subtasks of a plan at once."""

from collections.abc import Mapping, Sequence
from typing import Final

from domain.graph import waves
from domain.ids import SubtaskId
from domain.plan import Subtask

AT_ONCE: Final = 4096
"""Names that are looked for in one walk: as many bits a subtask, however many names a plan has."""


def unsupplied(subtasks: Sequence[Subtask]) -> list[tuple[str, ...]]:
    """What each consumes and nothing before it produces, in the order of the subtasks.

    `implied.lacking` says the same of one subtask by walking back from it; asked for each of ten thousand in a row
    that is fifty million steps. Here what is made is handed down the graph, a bit a name.
    """
    made = {name for subtask in subtasks for name in subtask.produces}
    names = sorted({name for subtask in subtasks for name in subtask.consumes} & made)
    supplied: list[set[str]] = [set() for _ in subtasks]
    for start in range(0, len(names), AT_ONCE):
        bits = {name: 1 << place for place, name in enumerate(names[start : start + AT_ONCE])}
        for there, before, subtask in zip(supplied, _before(subtasks, bits), subtasks, strict=True):
            there.update(name for name in subtask.consumes if bits.get(name, 0) & before)
    return [
        tuple(name for name in subtask.consumes if name not in there)
        for subtask, there in zip(subtasks, supplied, strict=True)
    ]


def _before(subtasks: Sequence[Subtask], bits: Mapping[str, int]) -> list[int]:
    """Of each subtask, which of these names something before it produces."""
    by_id = {subtask.subtask_id: subtask for subtask in subtasks}
    behind: dict[SubtaskId, int] = {}
    left: dict[SubtaskId, int] = {}
    edges = {s.subtask_id: [edge.on for edge in s.depends_on if edge.on in by_id] for s in subtasks}
    for level in waves(edges):
        for node in level:
            behind[node] = 0
            for before in edges[node]:
                behind[node] |= left[before]
            left[node] = behind[node] | sum({bits.get(name, 0) for name in by_id[node].produces})
    return [behind.get(subtask.subtask_id, 0) for subtask in subtasks]
