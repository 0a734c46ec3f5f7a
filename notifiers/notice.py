"""One thing to tell to one place: what it is, where it goes, and an id that stays the same however often it is sent."""

import json
from typing import Annotated, Literal, assert_never
from uuid import UUID, uuid5

from pydantic import Field, StringConstraints

from domain.agent import RiskLevel
from domain.approval import Approval, ApprovalStatus
from domain.base import Instant, Value
from domain.ids import ApprovalCode, ApprovalId, Digest, SubtaskId, TaskId
from domain.task import TaskStatus
from domain.tool import Effect

ChannelName = Literal["linear", "email", "webhook", "slack"]

NAMESPACE = UUID("6f0f7a56-0c1f-4a8f-9d52-6a1f2f1f9d0e")
"""Ids of notices are made in it. Changing it would send what is under way a second time."""


Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"'`\\{}|^]+$", max_length=4_000)]
"""An address of our own; whatever could end a quotation around it is refused."""

Profile = Annotated[
    str, StringConstraints(pattern=r"^https://linear\.app/[\w-]+/profiles/[\w.-]+$", max_length=500)
]
"""A person's page in Linear: naming it calls them."""


class Step(Value):
    """One line of what will run."""

    number: int
    subtask_id: SubtaskId
    title: str
    agent: str
    tool: str
    effect: Effect | None
    risk: RiskLevel
    gated: bool
    after: tuple[str, ...] = ()
    """Which steps come before it, and why, in short: `2: works on its output`."""


class Sheet(Value):
    """What will run, as far as it can be shown: gated steps are never left out for others."""

    steps: tuple[Step, ...] = ()
    total: int = 0
    gated: int = 0


class Links(Value):
    """Where a reader can go from here. `service` is the API's address, for commands."""

    service: Url = "http://127.0.0.1:8001"
    page: Url | None = None
    answer: Url | None = None
    """A signed link, for the one person this goes to."""
    keys: bool = True
    """Whether callers prove who they are; where they do not, a command names whoever types it."""

    @property
    def best(self) -> str | None:
        return self.answer or self.page


class Asked(Value):
    """People are asked about a plan: for the first time, again, or now others too."""

    kind: Literal["approval_required", "approval_reminder", "approval_escalated"]
    approval: Approval
    title: str
    sheet: Sheet = Sheet()
    why: tuple[str, ...] = ()
    """The policy's reasons, a sentence each: which rules fired, and what would lift them."""
    diff: tuple[str, ...] = ()
    """What changed since the revision before, a line each."""
    found: tuple[str, ...] = ()
    """What the checks want looked at, a sentence each."""


class Ended(Value):
    """An approval is pending no more. `successor` is the approval that takes the place of a superseded one."""

    kind: Literal["approval_ended"] = "approval_ended"
    approval: Approval
    title: str
    reason: str = ""
    successor: ApprovalCode | None = None


class TaskTold(Value):
    """What became of a task, or what it waits for. `approval`, if it had one, is the thread this belongs to."""

    kind: Literal["task_told"] = "task_told"
    task_id: TaskId
    title: str
    status: TaskStatus
    seq: int
    """Place of the event in the log: a task may be blocked more than once."""
    needs_review: bool = False
    """A person is called for, whether or not the rest of it runs on."""
    reason: str = ""
    lines: tuple[str, ...] = ()
    """What to know besides: what failed, what is asked, where the results are."""
    approval: ApprovalId | None = None
    approval_revision: int | None = None


class StatusChanged(Value):
    """A change of a task's status, for programs."""

    kind: Literal["task_status_changed"] = "task_status_changed"
    task_id: TaskId
    status: TaskStatus
    seq: int
    needs_review: bool = False
    reason: str | None = None
    revision: int | None = None
    plan_hash: Digest | None = None


class Waiting(Value):
    """One approval of a digest."""

    code: ApprovalCode
    level: RiskLevel
    task_id: TaskId
    title: str
    requester: str | None
    expires_at: Instant


class PendingDigest(Value):
    """Many approvals wait: one notice instead of many. `period` tells one digest from the next."""

    kind: Literal["approvals_digest"] = "approvals_digest"
    period: str
    total: int
    waiting: tuple[Waiting, ...]


class NotTaken(Value):
    """Somebody answered where we could hear it, and it did not count; `answer_id` is what they wrote."""

    kind: Literal["answer_not_taken"] = "answer_not_taken"
    answer_id: str
    why: str
    approval: ApprovalId | None = None
    approval_revision: int | None = None


class AnswerTaken(Value):
    """Somebody's answer counts, and more of them are needed."""

    kind: Literal["answer_taken"] = "answer_taken"
    answer_id: str
    code: ApprovalCode
    voices: int
    required: int
    approval: ApprovalId
    approval_revision: int


Message = Annotated[
    Asked | Ended | TaskTold | StatusChanged | PendingDigest | NotTaken | AnswerTaken,
    Field(discriminator="kind"),
]

EndedStatus = Literal["approved", "rejected", "expired", "cancelled", "superseded"]


class Notice(Value):
    """A message on its way to one place. `to` is an address where the channel has many (a mailbox, a URL)."""

    notice_id: UUID
    channel: ChannelName
    to: str = ""
    thread: UUID
    """The id of the notice that opened the conversation; that notice's own is the same."""
    at: Instant
    """When that which is told came about."""
    message: Message
    links: Links = Links()
    mentions: tuple[Profile, ...] = ()
    """People to call, from our own directory of principals."""

    @property
    def opens(self) -> bool:
        return self.notice_id == self.thread


def tell(
    message: Message,
    *,
    channel: ChannelName,
    at: Instant,
    to: str = "",
    links: Links | None = None,
    mentions: tuple[Profile, ...] = (),
) -> Notice:
    """The notice of a message to one place, under the id that it always has there."""
    kind, thing, mark = _subject(message)
    return Notice(
        notice_id=_id(kind, thing, mark, channel, to),
        channel=channel,
        to=to,
        thread=_answered(message, channel) or _id(*_thread(message), channel, to),
        at=at,
        message=message,
        links=links or Links(),
        mentions=mentions,
    )


def status_of(ended: Ended) -> EndedStatus:
    """How it ended. Raises ValueError for an approval that is still pending."""
    status: ApprovalStatus = ended.approval.status
    if status == "pending":
        raise ValueError(f"approval {ended.approval.code} is still pending; there is no end to tell of")
    return status


def _subject(message: Message) -> tuple[str, str, str]:
    """What a message is about, and what tells it from others of its kind."""
    match message:
        case Asked(kind=kind, approval=approval):
            return kind, str(approval.approval_id), str(approval.revision)
        case Ended(approval=approval):
            return f"approval_{status_of(message)}", str(approval.approval_id), str(approval.revision)
        case TaskTold(kind=kind, task_id=task, seq=seq) | StatusChanged(kind=kind, task_id=task, seq=seq):
            return kind, task, str(seq)
        case PendingDigest(kind=kind, period=period):
            return kind, "", period
        case NotTaken(kind=kind, answer_id=answer) | AnswerTaken(kind=kind, answer_id=answer):
            return kind, answer, ""
        case other:
            assert_never(other)


def _answered(message: Message, channel: ChannelName) -> UUID | None:
    """The comment that came to nothing, where nobody can tell to which question it belongs."""
    if channel != "linear" or not isinstance(message, NotTaken) or message.approval is not None:
        return None
    try:
        return UUID(message.answer_id)
    except ValueError:
        return None


def _thread(message: Message) -> tuple[str, str, str]:
    """The subject of the notice that opened the conversation."""
    match message:
        case Asked(approval=approval) | Ended(approval=approval):
            return "approval_required", str(approval.approval_id), str(approval.revision)
        case (
            TaskTold(approval=UUID() as approval, approval_revision=int(revision))
            | NotTaken(approval=UUID() as approval, approval_revision=int(revision))
            | AnswerTaken(approval=approval, approval_revision=revision)
        ):
            return "approval_required", str(approval), str(revision)
        case TaskTold() | StatusChanged() | PendingDigest() | NotTaken():
            return _subject(message)
        case other:
            assert_never(other)


def _id(kind: str, thing: str, mark: str, channel: ChannelName, to: str) -> UUID:
    # JSON keeps the parts apart. The digest is dressed as version 4, the only one that Linear documents for ids
    # that a client chooses.
    name = json.dumps([kind, thing, mark, channel, to])
    return UUID(bytes=uuid5(NAMESPACE, name).bytes, version=4)
