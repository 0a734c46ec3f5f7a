"""Notices about one made-up release, to be told anywhere; every stranger's word in them can be chosen."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.approval import Approval, ApprovalStatus, Vote
from domain.ids import ApprovalId, short_code
from domain.plan import Plan
from domain.task import TaskStatus
from domain.verdict import Demand
from notifiers.notice import (
    AnswerTaken,
    Asked,
    ChannelName,
    Ended,
    Links,
    Message,
    Notice,
    NotTaken,
    PendingDigest,
    StatusChanged,
    TaskTold,
    Waiting,
    tell,
)
from notifiers.sheet import sheet
from tests.kit.plans import gated, plan

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
APPROVAL_ID = ApprovalId(UUID("0b8f5a7e-3c1d-4e2f-9a6b-7c8d9e0f1a2b"))
CODE = short_code(APPROVAL_ID)
HASH = "ab" * 32
TASK = "release-1087"
PAGE = "https://orchestrator.example/approvals/0b8f5a7e"
SERVICE = "https://orchestrator.example"
PROFILE = "https://linear.app/acme/profiles/ada"


def release(word: str = "notes") -> Plan:
    """Collect, write, publish; publishing waits for people."""
    made = gated(plan(TASK, {"collect": "", "write": "collect", "publish": "write"}), "publish")
    return made.model_copy(
        update={
            "subtasks": tuple(
                s.model_copy(
                    update={
                        "title": f"{s.title} {word}",
                        "agent": s.agent,
                        "depends_on": tuple(
                            e.model_copy(update={"reason": f"then {word}"}) for e in s.depends_on
                        ),
                    }
                )
                for s in made.subtasks
            )
        }
    )


def approval(
    status: ApprovalStatus = "pending", *, word: str = "ada", level: str = "high", justification: bool = False
) -> Approval:
    voted = status in {"approved", "rejected"}
    vote = Vote(approver=word, role="tech_lead", answer="approve", reason=word, at=NOW)
    return Approval(
        approval_id=APPROVAL_ID,
        code=CODE,
        task_id=TASK,
        revision=2,
        plan_hash=HASH,
        level=level,
        demand=Demand(roles=("tech_lead",), ttl_s=14_400, justification=justification),
        requester=word,
        subtask_ids=(),
        status=status,
        requested_at=NOW,
        expires_at=NOW + timedelta(hours=4),
        decided_at=NOW if status != "pending" else None,
        votes=(vote,) if voted else (),
    )


def asked(
    word: str = "notes", *, kind: str = "approval_required", level: str = "high", justification: bool = False
) -> Asked:
    return Asked(
        kind=kind,
        approval=approval(word=word, level=level, justification=justification),
        title=f"Publish {word}",
        sheet=sheet(release(word)),
        why=(f"high: publish-outside: {word} leaves the house. Lower if it stayed inside.",),
        diff=(f"+ publish {word}", f"- print {word}"),
        found=(f"{word} is not understood; say it otherwise",),
    )


def ended(status: ApprovalStatus = "approved", word: str = "notes") -> Ended:
    return Ended(approval=approval(status, word=word), title=f"Publish {word}", reason=word)


def told(word: str = "notes", status: TaskStatus = "blocked") -> TaskTold:
    return TaskTold(
        task_id=TASK,
        title=f"Publish {word}",
        status=status,
        seq=41,
        reason=word,
        lines=(f"publish {word}: was it done?",),
        approval=APPROVAL_ID,
        approval_revision=2,
    )


def changed(word: str = "notes", *, seq: int = 7) -> StatusChanged:
    return StatusChanged(task_id=TASK, status="running", seq=seq, reason=word, revision=2, plan_hash=HASH)


def digest(word: str = "notes") -> PendingDigest:
    each = Waiting(
        code=CODE,
        level="critical",
        task_id=TASK,
        title=f"Publish {word}",
        requester=word,
        expires_at=NOW + timedelta(hours=1),
    )
    return PendingDigest(period="2026-11-21T09", total=12, waiting=(each,))


def not_taken(word: str = "notes") -> NotTaken:
    return NotTaken(answer_id="c-1", why=f"{word} may not decide", approval=APPROVAL_ID, approval_revision=2)


def taken() -> AnswerTaken:
    return AnswerTaken(
        answer_id="c-2", code=CODE, voices=1, required=2, approval=APPROVAL_ID, approval_revision=2
    )


def everything(word: str = "notes") -> tuple[Message, ...]:
    """One of each kind of message."""
    return (
        asked(word),
        asked(word, kind="approval_reminder", justification=True),
        asked(word, kind="approval_escalated", level="critical"),
        ended("approved", word),
        ended("superseded", word),
        told(word),
        changed(word),
        digest(word),
        not_taken(word),
        taken(),
    )


def notice(message: Message | None = None, channel: ChannelName = "linear", to: str = "") -> Notice:
    return tell(
        message or asked(),
        channel=channel,
        at=NOW,
        to=to,
        links=Links(service=SERVICE, page=PAGE),
        mentions=(PROFILE,) if channel == "linear" else (),
    )
