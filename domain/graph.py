"""Graphs of subtasks as plain mappings: node → its predecessors."""

from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def successors(predecessors: Mapping[N, Sequence[N]]) -> dict[N, list[N]]:
    """The same graph read the other way round. Predecessors that are no nodes are left out."""
    after: dict[N, list[N]] = {node: [] for node in predecessors}
    for node, before in predecessors.items():
        for other in before:
            if other in after:
                after[other].append(node)
    return after


def waves(predecessors: Mapping[N, Sequence[N]]) -> list[list[N]]:
    """Nodes in levels: each level needs only earlier ones. Nodes on or behind a circle are left out."""
    after = successors(predecessors)
    waiting = dict.fromkeys(predecessors, 0)
    for following in after.values():
        for node in following:
            waiting[node] += 1
    level, levels = [node for node, count in waiting.items() if count == 0], []
    while level:
        levels.append(level)
        opened = []
        for node in level:
            for other in after[node]:
                waiting[other] -= 1
                if waiting[other] == 0:
                    opened.append(other)
        level = opened
    return levels


def circle(predecessors: Mapping[N, Sequence[N]]) -> list[N]:
    """One circle, in order, each waiting for the next; empty where there is none."""
    open_nodes = set(predecessors) - {node for level in waves(predecessors) for node in level}
    if not open_nodes:
        return []
    # Every open node has an open predecessor, so walking backwards must come round.
    path: dict[N, None] = {}
    node = min(open_nodes, key=str)
    while node not in path:
        path[node] = None
        node = next(p for p in predecessors[node] if p in open_nodes)
    walked = list(path)
    return walked[walked.index(node) :]


def reachable(start: Iterable[N], neighbours: Mapping[N, Sequence[N]]) -> set[N]:
    """Everything that can be walked to from `start`, without `start` itself unless a circle leads back."""
    seen: set[N] = set()
    queue = deque(start)
    while queue:
        for other in neighbours.get(queue.popleft(), ()):
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return seen


def without_shortcuts(predecessors: Mapping[N, Sequence[N]]) -> dict[N, tuple[N, ...]]:
    """The transitive reduction of an acyclic graph: no edge that a longer path already says."""
    reduced: dict[N, tuple[N, ...]] = {}
    for node, before in predecessors.items():
        behind = reachable(before, predecessors)
        reduced[node] = tuple(p for p in before if p not in behind)
    return reduced
