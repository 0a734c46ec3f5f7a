"""Reads the log of a run and says what in it should not have happened. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from domain.event import Event
from domain.facts.approval import ApprovalEnded
from domain.facts.subtask import SubtaskCompleted, SubtaskPlanned, SubtaskStarted, SubtaskStopped
from domain.facts.task import TaskChanged
from domain.ids import SubtaskId
from domain.subtask import PASSED, SubtaskState
from domain.task import TaskStatus

ENDED: frozenset[SubtaskState] = frozenset({"completed", "skipped", "cancelled", "failed", "blocked"})


@dataclass
class _Node:
    before: tuple[SubtaskId, ...]
    state: SubtaskState
    agent: str | None = None
    ends: int = 0


@dataclass
class Proof:
    """Feed it the events in order. `limits`: how many attempts each agent may run at once."""

    limits: Mapping[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    _nodes: dict[SubtaskId, _Node] = field(default_factory=dict)
    _busy: Counter[str] = field(default_factory=Counter)
    _tasks: dict[str, TaskStatus] = field(default_factory=dict)

    def read(self, events: Iterable[Event]) -> "Proof":
        for event in events:
            self.violations.extend(f"event {event.seq}: {wrong}" for wrong in self._apply(event))
        return self

    def unfinished(self) -> list[str]:
        """Subtasks that did not end exactly once."""
        return [f"{node} ended {view.ends} times" for node, view in self._nodes.items() if view.ends != 1]

    def _apply(self, event: Event) -> Iterator[str]:
        match event.fact:
            case SubtaskPlanned() as fact:
                self._nodes[fact.subtask_id] = _Node(fact.depends_on, fact.state, fact.agent)
            case ApprovalEnded(kind="approval_approved") as fact:
                for node in fact.subtask_ids:
                    if self._nodes[node].state == "waiting_approval":
                        self._nodes[node].state = "pending"
            case SubtaskStarted() as fact:
                yield from self._start(fact)
            case SubtaskCompleted() as fact:
                yield from self._end(fact.subtask_id, "completed", ran=fact.attempt is not None)
            case SubtaskStopped() as fact:
                yield from self._end(fact.subtask_id, fact.state, ran=fact.attempt is not None)
            case TaskChanged() as fact:
                self._tasks[fact.task_id] = fact.status
            case _:
                pass

    def _start(self, fact: SubtaskStarted) -> Iterator[str]:
        node = self._nodes[fact.subtask_id]
        if self._tasks.get(fact.task_id) != "running":
            yield f"{fact.subtask_id} was started while its task was {self._tasks.get(fact.task_id)}"
        if node.state not in {"pending", "ready"}:
            yield f"{fact.subtask_id} was started while it was {node.state}"
        for before in node.before:
            if self._nodes[before].state not in PASSED:
                yield f"{fact.subtask_id} was started before {before} had passed"
        node.state, node.agent = "running", fact.agent
        self._busy[fact.agent] += 1
        if self._busy[fact.agent] > self.limits.get(fact.agent, self._busy[fact.agent]):
            yield f"{fact.agent} had {self._busy[fact.agent]} attempts at once"

    def _end(self, subtask_id: SubtaskId, state: SubtaskState, *, ran: bool) -> Iterator[str]:
        node = self._nodes[subtask_id]
        if ran and node.state != "running":
            yield f"an attempt of {subtask_id} ended while it was {node.state}"
        if ran and node.agent is not None:
            self._busy[node.agent] -= 1
        node.state = state
        node.ends += state in ENDED
