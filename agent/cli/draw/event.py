"""One event as one line: for a log, a pipe, a screen reader."""

from typing import assert_never

from rich.text import Text

from agent.cli.draw.words import clock, count, day, line, span
from domain.event import (
    AgentHealthChanged,
    AgentUnavailable,
    ApprovalEnded,
    ApprovalRequired,
    ApprovalVoted,
    Event,
    PlanRevised,
    QueueChanged,
    SubtaskAssigned,
    SubtaskCompleted,
    SubtaskPlanned,
    SubtaskReady,
    SubtaskStarted,
    SubtaskStopped,
    TaskChanged,
    TaskHeartbeat,
    TaskPlanned,
    TaskPriorityChanged,
    TaskSubmitted,
)

OfSubtask = (
    SubtaskPlanned
    | SubtaskReady
    | SubtaskStarted
    | SubtaskCompleted
    | SubtaskStopped
    | SubtaskAssigned
    | AgentUnavailable
)
OfTask = (
    TaskSubmitted
    | TaskPlanned
    | PlanRevised
    | TaskChanged
    | TaskPriorityChanged
    | QueueChanged
    | TaskHeartbeat
    | ApprovalRequired
    | ApprovalVoted
    | ApprovalEnded
    | AgentHealthChanged
)


def event_line(event: Event) -> Text:
    fact = event.fact
    if isinstance(fact, OfSubtask):
        subject, said = str(fact.subtask_id), _of_subtask(fact)
    else:
        subject, said = fact.task_id or "", _of_task(fact)
    return line((clock(event.at), "dim"), "  ", (f"{fact.kind:<20}", "cyan"), f"  {subject}  ", (said, "dim"))


def _of_task(fact: OfTask) -> str:
    match fact:
        case TaskSubmitted(title=title):
            return title
        case TaskPlanned():
            parts = count(fact.subtasks, "subtask")
            return f"revision {fact.revision}, {parts}, risk {fact.level}, {fact.status}"
        case PlanRevised():
            return f"revision {fact.revision} by {fact.by}, {fact.cause}: {fact.diff}"
        case TaskChanged(reason=reason) | ApprovalEnded(reason=reason):
            return reason or ""
        case ApprovalRequired():
            return f"approval {fact.code}, {fact.level} risk, until {day(fact.expires_at)}"
        case ApprovalVoted():
            return f"{fact.approver} as {fact.role}: {fact.answer} {fact.reason}".rstrip()
        case AgentHealthChanged(health=health, agent=agent):
            return f"{agent} {health}"
        case TaskPriorityChanged(priority=priority):
            return priority
        case QueueChanged(settings=settings, reason=reason):
            limit = settings.max_concurrent or "no limit"
            return f"{'paused' if settings.paused else 'open'}, at once: {limit}{f', {reason}' if reason else ''}"
        case TaskHeartbeat():
            return f"{fact.ended} of {fact.total} ended, {fact.running} running, by {fact.worker}"
        case other:
            assert_never(other)


def _of_subtask(fact: OfSubtask) -> str:
    match fact:
        case SubtaskPlanned(title=title, agent=agent):
            return f"{agent or 'no agent'}: {title}"
        case SubtaskReady(cause=cause):
            return cause
        case SubtaskStarted(attempt=attempt, agent=agent):
            return f"attempt {attempt} by {agent}"
        case SubtaskCompleted(seconds=seconds):
            return "" if seconds is None else span(seconds)
        case SubtaskStopped():
            return fact.error.message if fact.error else fact.reason or ""
        case SubtaskAssigned(agent=agent):
            return f"to {agent}"
        case AgentUnavailable(reason=reason):
            return reason
        case other:
            assert_never(other)
