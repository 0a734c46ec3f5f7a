"""Who runs what, from start to end, under as many names as there may be."""

from collections import OrderedDict
from typing import Final

MAX_AGENTS: Final = 1_000
"""Agents register themselves; a flood of names must not become a flood of series."""

MAX_RUNNING: Final = 100_000
"""Subtasks remembered from start to end. One that another process ended is pushed out in time."""

UNKNOWN_AGENT: Final = "unknown"


class Running:
    """Facts that end a subtask do not repeat its agent."""

    def __init__(self) -> None:
        self._running: OrderedDict[str, str] = OrderedDict()
        self._agents: set[str] = set()

    def began(self, subtask_id: str, agent: str) -> None:
        self._running[subtask_id] = self.bounded(agent)
        if len(self._running) > MAX_RUNNING:
            self._running.popitem(last=False)

    def ended(self, subtask_id: str) -> str:
        """The name to count it under."""
        return self._running.pop(subtask_id, UNKNOWN_AGENT)

    def bounded(self, agent: str | None) -> str:
        if agent is None:
            return UNKNOWN_AGENT
        if agent not in self._agents:
            if len(self._agents) >= MAX_AGENTS:
                return "other"
            self._agents.add(agent)
        return agent
