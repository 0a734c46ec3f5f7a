"""From an event to the notices it calls for."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, Protocol

from agent.store.approvals import Approvals
from agent.store.deliveries import Parcel
from agent.store.plans import Plans
from agent.store.tasks import Tasks
from agent.telling.destinations import Destinations
from approvals.explain import explain
from domain.approval import Approval
from domain.event import Event
from domain.facts.approval import ApprovalEnded, ApprovalNudged, ApprovalRequired
from domain.facts.task import TaskChanged, TaskPlanned
from domain.task import Task, TaskStatus
from notifiers.notice import (
    Asked,
    ChannelName,
    Ended,
    Message,
    PendingDigest,
    StatusChanged,
    TaskTold,
    Waiting,
    tell,
)
from notifiers.sheet import sheet

Asking = Literal["approval_required", "approval_reminder", "approval_escalated"]

SHOWN: Final = 20
NOBODY: Final[Mapping[str, Task]] = {}
A_DAY: Final = timedelta(days=1)
COMPARED: Final = 1_000
"""Subtasks of a plan that a notice still compares with the one before: everybody's notices wait for that meanwhile."""
TOLD: Final[frozenset[TaskStatus]] = frozenset({"completed", "failed", "blocked", "cancelled"})
"""What becomes of a task that people want to hear of; rejections and expiries come with the approval."""


class Directory(Protocol):
    def mailbox(self, name: str) -> str | None: ...
    def mailboxes(self, roles: Collection[str]) -> tuple[str, ...]: ...


Differs = Callable[[str, int, int], Awaitable[tuple[str, ...]]]
"""What became different from one revision of a task's plan to another, a line each."""


class Composing:
    def __init__(
        self,
        tasks: Tasks,
        plans: Plans,
        approvals: Approvals,
        where: Destinations,
        directory: Directory | None = None,
        *,
        differs: Differs | None = None,
    ) -> None:
        """`directory` knows people's mailboxes, where people are known."""
        self._directory = directory
        self._differs = differs
        self._tasks = tasks
        self._plans = plans
        self._approvals = approvals
        self._where = where

    async def known(self, events: Iterable[Event]) -> dict[str, Task]:
        """The tasks whose changes of status these are, all at once."""
        wanted = {e.fact.task_id for e in events if isinstance(e.fact, TaskChanged | TaskPlanned)}
        return await self._tasks.these(wanted) if wanted else {}

    async def parcels(self, event: Event, known: Mapping[str, Task] = NOBODY) -> list[Parcel]:
        """The notices an event calls for; none for most. What is `known` is not asked for again."""
        match event.fact:
            case ApprovalRequired():
                found = await self._asked(event, event.fact, "approval_required", ())
            case ApprovalNudged(digest=True):
                found = await self._digest(event, event.fact)
            case ApprovalNudged(kind="approval_reminded"):
                found = await self._asked(event, event.fact, "approval_reminder", ())
            case ApprovalNudged(roles=roles):
                found = await self._asked(event, event.fact, "approval_escalated", roles)
            case ApprovalEnded():
                found = await self._ended(event, event.fact)
            case TaskChanged(status=status, kind=kind) if status in TOLD or kind == "task_flagged":
                found = await self._told(event, event.fact, known)
            case _:
                found = []
        return [*found, *await self._callback(event, known)]

    async def _asked(
        self, event: Event, fact: ApprovalRequired | ApprovalNudged, kind: Asking, further: Collection[str]
    ) -> list[Parcel]:
        approval = await self._approvals.get(str(fact.approval_id))
        others = self._directory.mailboxes(further) if self._directory and further else ()
        recipients = (*self._where.everybody(), *self._where.people(others))
        if not recipients or (kind != "approval_required" and approval.status != "pending"):
            return []
        task = await self._tasks.get(fact.task_id)
        plan = (await self._plans.get(fact.task_id, approval.revision)).open()
        message = Asked(
            kind=kind,
            approval=approval,
            title=task.title,
            sheet=sheet(plan, approval.subtask_ids),
            why=tuple(explain(plan.verdict)),
            diff=await self._diff(approval) if len(plan.subtasks) <= COMPARED else (),
            found=tuple(f"{finding.message}; {finding.mend}" for finding in plan.findings),
        )
        return self._to(recipients, message, event, task, approval.expires_at)

    async def _diff(self, approval: Approval) -> tuple[str, ...]:
        if self._differs is None or approval.revision == 1:
            return ()
        return await self._differs(approval.task_id, approval.revision - 1, approval.revision)

    async def _digest(self, event: Event, fact: ApprovalNudged) -> list[Parcel]:
        """One of an hour, however many call for it."""
        waiting = await self._approvals.pending(limit=SHOWN)
        message = PendingDigest(
            period=f"{event.at.astimezone(UTC):%Y-%m-%dT%H}",
            total=await self._approvals.count_pending(),
            waiting=tuple(
                Waiting(
                    code=approval.code,
                    level=approval.level,
                    task_id=approval.task_id,
                    title=title,
                    requester=approval.requester,
                    expires_at=approval.expires_at,
                )
                for approval, title in waiting
            ),
        )
        task = await self._tasks.get(fact.task_id)
        return self._to(self._where.everybody(), message, event, task, event.at + A_DAY)

    async def _ended(self, event: Event, fact: ApprovalEnded) -> list[Parcel]:
        approval = await self._approvals.get(str(fact.approval_id))
        task = await self._tasks.get(fact.task_id)
        latest = await self._latest(fact.task_id)
        message = Ended(
            approval=approval,
            title=task.title,
            reason=fact.reason or "",
            successor=latest.code if latest and approval.status == "superseded" else None,
        )
        recipients = (
            *self._where.everybody(),
            *self._where.requester(self._mailbox(task.requester)),
            *self._where.people(self._passed_over(approval)),
        )
        return self._to(dict.fromkeys(recipients), message, event, task, event.at + A_DAY)

    def _passed_over(self, approval: Approval) -> tuple[str, ...]:
        """Those who should have been asked, where somebody broke the glass."""
        if self._directory is None or all(vote.means != "break_glass" for vote in approval.votes):
            return ()
        return self._directory.mailboxes((*approval.demand.roles, *approval.demand.escalate_to))

    async def _told(self, event: Event, fact: TaskChanged, known: Mapping[str, Task]) -> list[Parcel]:
        task = known.get(fact.task_id) or await self._tasks.get(fact.task_id)
        everybody, themselves = self._where.everybody(), self._where.requester(self._mailbox(task.requester))
        if not everybody and not themselves:
            return []
        approval = await self._latest(fact.task_id)
        message = TaskTold(
            task_id=fact.task_id,
            title=task.title,
            status=fact.status,
            seq=event.seq,
            needs_review=fact.needs_review,
            reason=fact.reason or "",
            approval=approval.approval_id if approval else None,
            approval_revision=approval.revision if approval else None,
        )
        asked = everybody if approval or fact.needs_review else ()
        return self._to((*asked, *themselves), message, event, task, event.at + A_DAY)

    async def _callback(self, event: Event, known: Mapping[str, Task]) -> list[Parcel]:
        """Whoever gave a `callback_url` hears every change of status."""
        fact = event.fact
        if not self._where.callbacks or not isinstance(fact, TaskChanged | TaskPlanned):
            return []
        task = known.get(fact.task_id) or await self._tasks.get(fact.task_id)
        if task.callback_url is None:
            return []
        message = StatusChanged(
            task_id=fact.task_id,
            status=fact.status,
            seq=event.seq,
            needs_review=isinstance(fact, TaskChanged) and fact.needs_review,
            reason=fact.reason if isinstance(fact, TaskChanged) else None,
            revision=task.revision or None,
            plan_hash=task.plan_hash,
        )
        return self._to((("webhook", task.callback_url),), message, event, task, event.at + A_DAY)

    def _mailbox(self, requester: str | None) -> str | None:
        known = self._directory.mailbox(requester) if self._directory and requester else None
        return known or requester

    async def _latest(self, task_id: str) -> Approval | None:
        approvals = await self._approvals.of(task_id)
        return approvals[-1] if approvals else None

    def _to(
        self,
        recipients: Iterable[tuple[ChannelName, str]],
        message: Message,
        event: Event,
        task: Task,
        give_up_at: datetime,
    ) -> list[Parcel]:
        return [
            Parcel(
                tell(message, channel=channel, at=event.at, to=to, links=self._where.links),
                task.task_id,
                give_up_at,
            )
            for channel, to in recipients
        ]
