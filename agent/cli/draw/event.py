"""One event as one line: for a log, a pipe, a screen reader."""

from typing import assert_never

from rich.text import Text

from agent.cli.draw.words import clock, count, day, line, span
from domain.event import Event, Unknown
from domain.facts.agent import AgentHealthChanged, AgentUnavailable
from domain.facts.approval import ApprovalEnded, ApprovalNudged, ApprovalRequired, ApprovalVoted, GlassBroken
from domain.facts.house import NoticeResent, QueueChanged
from domain.facts.subtask import (
    SubtaskAssigned,
    SubtaskCompleted,
    SubtaskPlanned,
    SubtaskReady,
    SubtaskStarted,
    SubtaskStopped,
)
from domain.facts.task import (
    PlanRevised,
    TaskChanged,
    TaskHeartbeat,
    TaskPlanned,
    TaskPriorityChanged,
    TaskPruned,
    TaskSubmitted,
)
from domain.facts.warrant import DelegationGranted, PreapprovalGranted, WarrantRevoked

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
    | TaskPruned
    | QueueChanged
    | NoticeResent
    | TaskHeartbeat
    | AgentHealthChanged
)
OfGate = (
    ApprovalRequired
    | ApprovalNudged
    | ApprovalVoted
    | ApprovalEnded
    | GlassBroken
    | DelegationGranted
    | PreapprovalGranted
    | WarrantRevoked
)


def event_line(event: Event) -> Text:
    fact = event.fact
    if isinstance(fact, OfSubtask):
        subject, said = str(fact.subtask_id), _of_subtask(fact)
    elif isinstance(fact, OfGate):
        subject, said = fact.task_id or "", _of_gate(fact)
    elif isinstance(fact, Unknown):
        subject, said = fact.subtask_id or fact.task_id or "", "told by a newer service"
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
        case TaskChanged(reason=reason):
            return reason or ""
        case AgentHealthChanged(health=health, agent=agent):
            return f"{agent} {health}"
        case TaskPriorityChanged(priority=priority):
            return priority
        case TaskPruned():
            parts = f"{count(fact.subtasks, 'subtask')}, {count(fact.events, 'event')}"
            return f"{parts}, {fact.status} {day(fact.ended_at)}"
        case QueueChanged(settings=settings, reason=reason):
            limit = settings.max_concurrent or "no limit"
            return f"{'paused' if settings.paused else 'open'}, at once: {limit}{f', {reason}' if reason else ''}"
        case NoticeResent(notice_id=notice, channel=channel):
            return f"notice {notice} sent again by {channel}"
        case TaskHeartbeat():
            return f"{fact.ended} of {fact.total} ended, {fact.running} running, by {fact.worker}"
        case other:
            assert_never(other)


def _of_gate(fact: OfGate) -> str:
    match fact:
        case ApprovalEnded(reason=reason):
            return reason or ""
        case ApprovalRequired():
            return f"approval {fact.code}, {fact.level} risk, until {day(fact.expires_at)}"
        case ApprovalNudged(roles=roles):
            return f"{', '.join(roles) or 'nobody further'} told that it waits"
        case ApprovalVoted():
            return f"{_voter(fact)}: {fact.answer} {fact.reason}".rstrip()
        case GlassBroken(by=by, reason=reason):
            return f"{by} BROKE THE GLASS: {reason}"
        case DelegationGranted(delegator=delegator, delegate=delegate):
            return f"{delegator} lends {', '.join(fact.roles)} to {delegate} until {day(fact.until)}"
        case PreapprovalGranted(approver=approver):
            return f"{approver} says yes to plans of this kind until {day(fact.until)}"
        case WarrantRevoked(warrant_id=warrant, by=by):
            return f"{warrant} taken back by {by}"
        case other:
            assert_never(other)


def _voter(fact: ApprovalVoted) -> str:
    match fact.means:
        case "role":
            return f"{fact.approver} as {fact.role}"
        case "delegation":
            return f"{fact.approver} as {fact.role}, lent by {fact.on_behalf_of}"
        case "preapproval":
            return f"{fact.approver} as {fact.role}, given before"
        case "break_glass":
            return f"{fact.approver}, breaking the glass"
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
