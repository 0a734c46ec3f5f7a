"""Reads the log of a run and says what in it must not have happened. Pure: events in, sentences out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from domain.event import Event
from domain.facts.approval import ApprovalEnded, ApprovalRequired
from domain.facts.subtask import (
    SubtaskCompleted,
    SubtaskPlanned,
    SubtaskReady,
    SubtaskStarted,
    SubtaskStopped,
)
from domain.facts.task import TaskChanged, TaskPlanned, TaskSubmitted
from domain.ids import SubtaskId
from domain.subtask import PASSED, SUBTASK_ENDS, SubtaskState
from domain.task import TASK_ENDS, TaskStatus


@dataclass
class Node:
    before: tuple[SubtaskId, ...]
    state: SubtaskState
    agent: str | None = None
    attempt: int = 0
    unrepeated: int = 0


@dataclass
class Story:
    """One task as far as it was read. `asked` and `allowed` are plan hashes that need an approval, and have one."""

    status: TaskStatus = "planning"
    plan_hash: str = ""
    nodes: dict[SubtaskId, Node] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    allowed: set[str] = field(default_factory=set)


@dataclass
class Checker:
    """Feed it all events in order; `limits` says how many attempts each agent may make at once."""

    limits: Mapping[str, int]
    wrong: list[str] = field(default_factory=list)
    tasks: dict[str, Story] = field(default_factory=dict)
    most: Counter[str] = field(default_factory=Counter)
    _busy: Counter[str] = field(default_factory=Counter)

    def read(self, events: Iterable[Event]) -> "Checker":
        for event in events:
            self.wrong.extend(f"event {event.seq}: {what}" for what in self._apply(event))
        return self

    def violations(self) -> list[str]:
        """What went wrong on the way, and what has not ended."""
        open_tasks = [f"{name} is {t.status}" for name, t in self.tasks.items() if t.status not in TASK_ENDS]
        open_nodes = [
            f"{node} is {view.state}"
            for task in self.tasks.values()
            for node, view in task.nodes.items()
            if view.state not in SUBTASK_ENDS
        ]
        return [*self.wrong, *open_tasks, *open_nodes]

    def _apply(self, event: Event) -> Iterator[str]:
        match event.fact:
            case TaskSubmitted() as fact:
                if fact.task_id in self.tasks:
                    yield f"{fact.task_id} was submitted twice"
                self.tasks[fact.task_id] = Story()
            case TaskPlanned() as fact:
                task = self.tasks[fact.task_id]
                task.status, task.plan_hash, task.nodes = fact.status, fact.plan_hash, {}
            case SubtaskPlanned() as fact:
                self.tasks[fact.task_id].nodes[fact.subtask_id] = Node(fact.depends_on, fact.state)
            case ApprovalRequired() as fact:
                self.tasks[fact.task_id].asked.add(fact.plan_hash)
            case ApprovalEnded() as fact:
                self._decide(fact)
            case TaskChanged() as fact:
                yield from self._turn(fact)
            case SubtaskReady() | SubtaskStarted() | SubtaskCompleted() | SubtaskStopped() as fact:
                yield from self._move(fact)
            case _:
                pass

    def _decide(self, fact: ApprovalEnded) -> None:
        task = self.tasks[fact.task_id]
        if fact.kind == "approval_approved":
            task.allowed.add(fact.plan_hash)
            for node in fact.subtask_ids:
                if task.nodes[node].state == "waiting_approval":
                    task.nodes[node].state = "pending"

    def _turn(self, fact: TaskChanged) -> Iterator[str]:
        task = self.tasks[fact.task_id]
        if task.status in TASK_ENDS:
            yield f"{fact.task_id} had ended as {task.status} and became {fact.status}"
        task.status = fact.status
        if fact.status == "cancelled":
            for node in task.nodes.values():
                node.state = node.state if node.state in SUBTASK_ENDS else "cancelled"

    def _move(self, fact: SubtaskReady | SubtaskStarted | SubtaskCompleted | SubtaskStopped) -> Iterator[str]:
        task = self.tasks[fact.task_id]
        node = task.nodes[fact.subtask_id]
        if node.state in SUBTASK_ENDS:
            yield f"{fact.subtask_id} had ended as {node.state}, and then {fact.kind}"
        match fact:
            case SubtaskStarted():
                yield from self._start(fact, task, node)
            case SubtaskReady():
                node.state = "ready"
            case SubtaskCompleted():
                yield from self._end(fact, node, "completed")
            case SubtaskStopped():
                yield from self._end(fact, node, fact.state)

    def _start(self, fact: SubtaskStarted, task: Story, node: Node) -> Iterator[str]:
        if task.status != "running":
            yield f"{fact.subtask_id} was started while its task was {task.status}"
        if node.state not in {"pending", "ready"}:
            yield f"{fact.subtask_id} was started while it was {node.state}"
        if fact.attempt != node.attempt + 1:
            yield f"{fact.subtask_id} went from attempt {node.attempt} to {fact.attempt}"
        if task.plan_hash in task.asked - task.allowed:
            yield f"{fact.subtask_id} was started without an approval of its plan"
        for before in node.before:
            if task.nodes[before].state not in PASSED:
                yield f"{fact.subtask_id} was started while {before} was {task.nodes[before].state}"
        node.state, node.attempt, node.agent = "running", fact.attempt, fact.agent
        self._busy[fact.agent] += 1
        self.most[fact.agent] = max(self.most[fact.agent], self._busy[fact.agent])
        if self._busy[fact.agent] > self.limits.get(fact.agent, self._busy[fact.agent]):
            yield f"{fact.agent} had {self._busy[fact.agent]} attempts at once"

    def _end(self, fact: SubtaskCompleted | SubtaskStopped, node: Node, state: SubtaskState) -> Iterator[str]:
        if fact.attempt is None:
            if node.state == "running":
                yield f"{fact.subtask_id} became {state} under a running attempt"
        elif (node.state, node.attempt) != ("running", fact.attempt):
            yield f"attempt {fact.attempt} of {fact.subtask_id} ended while it was {node.state}"
        elif node.agent is not None:
            self._busy[node.agent] -= 1
        node.state = state
