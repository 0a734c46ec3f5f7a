"""A task as its events tell it, with what a watcher wants to know besides: since when, why, and what now."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from domain.event import Event
from domain.facts.approval import ApprovalRequired
from domain.facts.subtask import (
    SubtaskCompleted,
    SubtaskPlanned,
    SubtaskReady,
    SubtaskStarted,
    SubtaskStopped,
)
from domain.facts.task import TaskChanged, TaskPlanned, TaskSubmitted
from domain.fold import Fold, TaskView
from domain.subtask import Question
from domain.task import TASK_ENDS, TaskStatus

WAITS_FOR_PEOPLE: Final[frozenset[TaskStatus]] = frozenset(
    {"approval_pending", "blocked", "paused", "rejected", "expired"}
)


@dataclass
class Detail:
    """What became of one subtask, in words."""

    started_at: datetime | None = None
    seconds: float | None = None
    note: str | None = None
    question: Question | None = None


@dataclass
class Watched:
    """Take events in with `apply`; they must come in the order of their `seq`."""

    task_id: str
    fold: Fold = field(default_factory=Fold)
    details: dict[str, Detail] = field(default_factory=dict)
    approval: ApprovalRequired | None = None
    reason: str | None = None
    began_at: datetime | None = None
    last_at: datetime | None = None
    runs_by_itself: bool = False
    """Once it is planned, because that was asked for."""
    has_run: bool = False

    @property
    def task(self) -> TaskView | None:
        return self.fold.tasks.get(self.task_id)

    @property
    def has_ended(self) -> bool:
        return self.task is not None and self.task.status in TASK_ENDS

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing more happens to it, or not before somebody does something."""
        if self.task is None:
            return False
        if self.task.status == "planned":
            return not (self.runs_by_itself or self.has_run)
        return self.has_ended or self.task.status in WAITS_FOR_PEOPLE

    def apply(self, event: Event) -> None:
        if event.fact.task_id != self.task_id:
            return
        self.fold.apply(event)
        self.last_at = event.at
        match event.fact:
            case TaskSubmitted() as fact:
                self.runs_by_itself, self.began_at = fact.execute, event.at
            case TaskPlanned():
                self.details.clear()
                self.reason = None
            case TaskChanged() as fact:
                self.reason = fact.reason
                if fact.status == "running" and not self.has_run:
                    # Seconds that people took to decide are not the work's.
                    self.began_at, self.has_run = event.at, True
            case ApprovalRequired() as fact:
                self.approval = fact
            case SubtaskPlanned(question=question) as fact:
                self.details[fact.subtask_id] = Detail(question=question)
            case SubtaskReady() as fact:
                self._of(fact.subtask_id).note = _waiting(fact)
            case SubtaskStarted() as fact:
                self.details[fact.subtask_id] = Detail(
                    started_at=event.at, note=f"attempt {fact.attempt}" if fact.attempt > 1 else None
                )
            case SubtaskCompleted() as fact:
                self._of(fact.subtask_id).seconds = fact.seconds
            case SubtaskStopped() as fact:
                detail = self._of(fact.subtask_id)
                detail.note = fact.error.message if fact.error else fact.reason
                detail.question = fact.question
            case _:
                pass

    def _of(self, subtask_id: str) -> Detail:
        return self.details.setdefault(subtask_id, Detail())


def _waiting(fact: SubtaskReady) -> str:
    match fact.cause:
        case "slot":
            return "waits for its agent to have a hand free"
        case "retry":
            return "will be tried again"
        case "answer" | "assigned":
            return "waits for its turn"
