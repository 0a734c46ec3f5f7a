"""Which subtasks may start now, kept up to date move by move instead of recomputed."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from domain.attempt import BACKOFF_CAP_S
from domain.graph import successors
from domain.ids import AgentId, SubtaskId
from domain.subtask import PASSED, SUBTASK_STATES, SubtaskState

LONGEST: Final = timedelta(seconds=2 * BACKOFF_CAP_S)
"""No back-off takes so long, however the clocks of two workers differ."""

STARTABLE: frozenset[SubtaskState] = frozenset({"pending", "ready"})


class Frontier:
    """Knows every subtask's state and how many predecessors each still waits for.

    `open` holds those whose predecessors have all passed and that may be started: now, or, for those in a
    back-off, once their time has come; `lines` has the same by agent, because a whole line waits where its
    agent has no hand free. A test holds all of it equal to `recomputed()`.
    """

    def __init__(
        self,
        predecessors: Mapping[SubtaskId, Sequence[SubtaskId]],
        states: Mapping[SubtaskId, SubtaskState],
        due: Mapping[SubtaskId, datetime] | None = None,
        agents: Mapping[SubtaskId, AgentId | None] | None = None,
    ) -> None:
        self._agents = agents or {}
        self.predecessors = predecessors
        self._after = successors(predecessors)
        self.states: dict[SubtaskId, SubtaskState] = dict(states)
        self._missing = {
            node: len([p for p in before if self.states[p] not in PASSED])
            for node, before in predecessors.items()
        }
        self._due: dict[SubtaskId, datetime] = dict(due or {})
        self._timers = [(at, node) for node, at in self._due.items()]
        heapq.heapify(self._timers)
        self.counts = dict.fromkeys(SUBTASK_STATES, 0)
        for state in self.states.values():
            self.counts[state] += 1
        self.open: dict[SubtaskId, None] = {}
        self.lines: dict[AgentId | None, dict[SubtaskId, None]] = {}
        for node in predecessors:
            self._place(node)

    def move(self, node: SubtaskId, state: SubtaskState, due: datetime | None = None) -> None:
        """A subtask is in `state` now; with `due`, it may not start before."""
        was = self.states[node]
        self.states[node] = state
        self.counts[was] -= 1
        self.counts[state] += 1
        if self._due:
            self._due.pop(node, None)
        if due is not None:
            self._due[node] = due
            heapq.heappush(self._timers, (due, node))
        if was in STARTABLE or state in STARTABLE:
            self._place(node)
        if (was in PASSED) != (state in PASSED):
            step = -1 if state in PASSED else 1
            for other in self._after[node]:
                missing = self._missing[other] = self._missing[other] + step
                # Where another one is missing still, as before, it neither came to be open nor ceased to be.
                if missing == 0 or (step == 1 and missing == 1):
                    self._place(other)

    def _place(self, node: SubtaskId) -> None:
        if self._missing[node] == 0 and self.states[node] in STARTABLE and node not in self._due:
            self.open[node] = None
            self.lines.setdefault(self._agents.get(node), {})[node] = None
        elif node in self.open:
            del self.open[node]
            del self.lines[self._agents.get(node)][node]

    def agent(self, node: SubtaskId) -> AgentId | None:
        return self._agents.get(node)

    def pass_time(self, now: datetime) -> None:
        """Open those whose back-off is over, and those that are to wait longer than any: the clock was put back."""
        while self._timers and not now < self._timers[0][0] <= now + LONGEST:
            at, node = heapq.heappop(self._timers)
            if self._due.get(node) == at:
                del self._due[node]
                self._place(node)

    def next_due(self) -> datetime | None:
        """When the next back-off is over, of those that nothing else holds up."""
        while self._timers and self._due.get(self._timers[0][1]) != self._timers[0][0]:
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def count(self, *states: SubtaskState) -> int:
        return sum([self.counts[state] for state in states])

    def recomputed(self) -> set[SubtaskId]:
        """What `open` must hold, from nothing but the states: slow, and the measure of the fast way."""
        return {
            node
            for node, before in self.predecessors.items()
            if self.states[node] in STARTABLE
            and node not in self._due
            and all(self.states[p] in PASSED for p in before)
        }

    def passed(self, nodes: Iterable[SubtaskId]) -> bool:
        return all(self.states[node] in PASSED for node in nodes)
