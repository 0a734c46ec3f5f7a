"""Words a notice: the same facts for every channel, with the exact commands that answer it."""

from typing import Final, assert_never

from domain.approval import Vote
from domain.task import TaskStatus
from notifiers.asking import asking
from notifiers.letter import (
    RISK_EMOJI,
    Commands,
    Facts,
    Letter,
    Ours,
    Points,
    Section,
    Table,
    Words,
    instant,
    ours,
    points,
)
from notifiers.notice import (
    AnswerTaken,
    Asked,
    Ended,
    EndedStatus,
    Notice,
    NotTaken,
    PendingDigest,
    StatusChanged,
    TaskTold,
    status_of,
)

_ENDED: Final[dict[EndedStatus, str]] = {
    "approved": "✅ approved",
    "rejected": "⛔ rejected",
    "expired": "⌛ expired: nobody decided in time, which is a refusal",
    "cancelled": "🚫 withdrawn: the task was cancelled",
    "superseded": "🔁 replaced: the plan changed",
}
_TASK: Final[dict[TaskStatus, str]] = {
    "planning": "being planned",
    "approval_pending": "waits for approval",
    "planned": "planned",
    "running": "running",
    "pausing": "pausing",
    "paused": "paused",
    "cancelling": "being cancelled",
    "completed": "✅ completed",
    "failed": "❌ failed",
    "blocked": "✋ blocked, waits for a person",
    "rejected": "⛔ rejected",
    "expired": "⌛ expired before anybody approved it",
    "cancelled": "🚫 cancelled",
}


def worded(notice: Notice) -> Letter:
    """The letter of a notice."""
    letter = _letter(notice)
    return letter._replace(
        link=Ours(notice.links.best or ""), mentions=tuple(Ours(url) for url in notice.mentions)
    )


def _letter(notice: Notice) -> Letter:
    match notice.message:
        case Asked() as asked:
            return asking(asked, notice)
        case Ended() as ended:
            return _ended(ended)
        case TaskTold() as told:
            return _task(told)
        case StatusChanged() as changed:
            return _status(changed)
        case PendingDigest() as digest:
            return _digest(digest)
        case NotTaken() as refused:
            return _not_taken(refused)
        case AnswerTaken() as taken:
            return _taken(taken)
        case other:
            assert_never(other)


def _ended(ended: Ended) -> Letter:
    approval, how = ended.approval, _how(ended)
    said = tuple(map(_vote, approval.votes))
    rows: list[tuple[Ours, Words]] = [
        (Ours("Approval"), ours(f"{approval.code} ({approval.approval_id})")),
        (Ours("Task"), (approval.task_id,)),
        (Ours("Plan"), ours(f"revision {approval.revision}, {approval.plan_hash}")),
    ]
    if approval.decided_at is not None:
        rows.append((Ours("When"), ours(instant(approval.decided_at))))
    if ended.reason:
        rows.append((Ours("Reason"), (ended.reason,)))
    if ended.successor is not None:
        rows.append((Ours("Now asked as"), ours(ended.successor)))
    sections: list[Section] = [Facts(tuple(rows))]
    if said:
        sections.append(points("Who said what", said))
    return Letter(
        subject=(Ours(f"{how}: "), ended.title, Ours(f" ({approval.code})")),
        headline=(Ours(f"{how}: "), ended.title),
        sections=tuple(sections),
        link_text=Ours("See the plan"),
    )


def _how(ended: Ended) -> str:
    """An emergency is told as one, whatever else the notice says."""
    broken = any(vote.means == "break_glass" for vote in ended.approval.votes)
    status = status_of(ended)
    return "🚨 let through by breaking the glass" if broken and status == "approved" else _ENDED[status]


def _vote(vote: Vote) -> Words:
    claimed = " (who they are was not checked)" if vote.unauthenticated else ""
    reason = vote.reason or Ours("no reason given")
    means = by_what(vote)
    return (
        Ours(f"{vote.answer} by "),
        vote.approver,
        Ours(f"{claimed}{means[0]}"),
        *means[1:],
        Ours(": "),
        reason,
    )


def by_what(vote: Vote) -> Words:
    """By what authority somebody spoke."""
    match vote.means:
        case "role":
            return Ours(" as "), vote.role
        case "delegation":
            return Ours(" as "), vote.role, Ours(", lent by "), vote.on_behalf_of or ""
        case "preapproval":
            return Ours(" as "), vote.role, Ours(", said before of this kind of plan")
        case "break_glass":
            return (Ours(", BREAKING THE GLASS past everybody who should have been asked"),)
        case other:
            assert_never(other)


def _task(told: TaskTold) -> Letter:
    rows: list[tuple[Ours, Words]] = [(Ours("Task"), (told.task_id,))]
    if told.reason:
        rows.append((Ours("Reason"), (told.reason,)))
    sections: list[Section] = [Facts(tuple(rows))]
    if told.lines:
        sections.append(points("To know", tuple((line,) for line in told.lines)))
    calls = told.needs_review and told.status == "running"
    head = (Ours(f"{'✋ runs on, and waits for a person' if calls else _TASK[told.status]}: "), told.title)
    return Letter(
        subject=head,
        headline=head,
        sections=tuple(sections),
        link_text=Ours("See the task"),
    )


def _status(changed: StatusChanged) -> Letter:
    review = "; it waits for a person to look at it" if changed.needs_review else ""
    head = (Ours(f"{_TASK[changed.status]}{review}: task "), changed.task_id)
    reason = (Facts(((Ours("Reason"), (changed.reason,)),)),) if changed.reason else ()
    return Letter(subject=head, headline=head, sections=reason, link_text=Ours("See the task"))


def _digest(digest: PendingDigest) -> Letter:
    head = ours(f"{digest.total} approval{' waits' if digest.total == 1 else 's wait'}")
    hidden = digest.total - len(digest.waiting)
    table = Table(
        title=Ours("The most urgent first"),
        head=tuple(map(Ours, ("Approval", "Risk", "Task", "Requested by", "Expires"))),
        rows=tuple(
            (
                ours(each.code),
                ours(f"{RISK_EMOJI[each.level]} {each.level}"),
                (each.title,),
                (each.requester or Ours("nobody named"),),
                ours(instant(each.expires_at)),
            )
            for each in digest.waiting
        ),
        more=Ours(f"and {hidden} more") if hidden else Ours(),
    )
    typed = Commands(Ours("To see them all, type"), (Ours("orchestrator inbox"),))
    return Letter(subject=head, headline=head, sections=(table, typed), link_text=Ours("See what waits"))


def _taken(taken: AnswerTaken) -> Letter:
    head = ours(f"Your answer to {taken.code} counts: {taken.voices} of {taken.required} so far")
    return Letter(subject=head, headline=head, link_text=Ours("See the plan"))


def _not_taken(refused: NotTaken) -> Letter:
    head = ours("Your answer did not count")
    return Letter(
        subject=head,
        headline=head,
        sections=(Points(Ours("Why"), ((refused.why,),)),),
        link_text=Ours("Decide on the page"),
    )
