"""Words the question itself: what will run, why it needs a yes, and the exact ways to answer."""

import json
import shlex
from datetime import timedelta
from typing import Final

from domain.approval import Approval
from notifiers.letter import (
    POINTS,
    RISK_EMOJI,
    Changes,
    Commands,
    Facts,
    Letter,
    Ours,
    Points,
    Section,
    Table,
    Words,
    badge,
    instant,
    ours,
    points,
)
from notifiers.notice import Asked, Links, Notice, Sheet, Step

_ASKED: Final = {
    "approval_required": "approval needed",
    "approval_reminder": "approval still needed, half of its time has passed",
    "approval_escalated": "approval still needed, four fifths of its time have passed",
}


def asking(asked: Asked, notice: Notice) -> Letter:
    """The letter that asks."""
    approval, what = asked.approval, _ASKED[asked.kind]
    by = "Open the plan to decide" if approval.level == "critical" else "See the plan and decide"
    sections: list[Section] = [_facts(asked)]
    if asked.diff:
        sections.append(_changes(asked.diff, approval.revision))
    sections.append(_table(asked.sheet))
    if asked.why:
        sections.append(points("Why it needs approval", tuple((line,) for line in asked.why)))
    if asked.found:
        sections.append(points("To look at", tuple((line,) for line in asked.found)))
    sections.extend(_answers(approval, notice))
    return Letter(
        subject=(Ours(f"{badge(approval.level)} {what}: "), asked.title, Ours(f" ({approval.code})")),
        headline=(Ours(f"{badge(approval.level)} {what}: "), asked.title),
        sections=tuple(sections),
        link_text=Ours(by),
    )


def _facts(asked: Asked) -> Facts:
    approval, demand = asked.approval, asked.approval.demand
    who = (Ours(f"{demand.required} of "), ", ".join(demand.roles))
    rule = " (not the requester)" if demand.four_eyes else ""
    reason = "; a reason must be given" if demand.justification else ""
    above = demand.escalate_to if asked.kind == "approval_escalated" else ()
    also: Words = (Ours("; by now also "), ", ".join(above)) if above else ()
    left = approval.expires_at - approval.requested_at
    return Facts(
        (
            (Ours("Approval"), ours(f"{approval.code} ({approval.approval_id})")),
            (Ours("Task"), (approval.task_id,)),
            (Ours("Plan"), ours(f"revision {approval.revision}, {approval.plan_hash}")),
            (Ours("Requested by"), (approval.requester or Ours("nobody named"),)),
            (Ours("Needs"), (*who, *also, Ours(f"{rule}{reason}"))),
            (Ours("Expires"), ours(f"{instant(approval.expires_at)}, {_span(left)} after it was asked for")),
        )
    )


def _table(sheet: Sheet) -> Table:
    hidden = sheet.total - len(sheet.steps)
    gates = f", {sheet.gated} of them behind the gate (🔒)" if sheet.gated else ""
    return Table(
        title=Ours(f"What will run: {sheet.total} step{'' if sheet.total == 1 else 's'}{gates}"),
        head=tuple(map(Ours, ("#", "Step", "Agent", "Tool", "Effect", "Risk", "After"))),
        rows=tuple(_row(step) for step in sheet.steps),
        more=Ours(f"and {hidden} more that are not shown here") if hidden else Ours(),
    )


def _row(step: Step) -> tuple[Words, ...]:
    after: list[str] = []
    for reason in step.after:
        after.extend((Ours("; "), reason) if after else (reason,))
    return (
        ours(f"{step.number}{' 🔒' if step.gated else ''}"),
        (step.title,),
        (step.agent,),
        (step.tool,),
        ours(step.effect or "unknown"),
        ours(f"{RISK_EMOJI[step.risk]} {step.risk}"),
        tuple(after) or ours("–"),
    )


def _answers(approval: Approval, notice: Notice) -> tuple[Section, ...]:
    typed = Commands(Ours("To decide, type"), _commands(approval, notice.links))
    if notice.channel != "linear":
        return (typed,)
    if approval.level == "critical":
        never = (Ours("A critical plan is not decided in a comment: use the link, or the commands."),)
        return (Points(Ours("Comments"), (never,)), typed)
    because = " because your reason" if approval.demand.justification else ""
    here = tuple(
        Ours(f"{verb} {approval.code}{rest}")
        for verb, rest in (("approve", because), ("reject", " your reason"), ("changes", " what to change"))
    )
    return (Commands(Ours("Or reply here, with nothing else in the comment"), here), typed)


def _commands(approval: Approval, links: Links) -> tuple[Ours, ...]:
    # The hash goes along, so that what is approved is what was read here.
    said = {"plan_hash": approval.plan_hash, "justification": "your reason"}
    who = ' -H "Authorization: Bearer $ORCHESTRATOR_API_KEY"' if links.keys else ""
    if not links.keys:
        said |= {"approver_id": "you@example.com", "approver_role": approval.demand.roles[0]}
    because = ' --reason "your reason"' if approval.demand.justification else ""
    address = shlex.quote(f"{links.service.rstrip('/')}/approve/{approval.approval_id}")
    return (
        Ours(f"orchestrator approve {approval.code}{because}"),
        Ours(f'orchestrator reject {approval.code} --reason "your reason"'),
        Ours(
            f"curl -X POST {address}{who} -H 'Content-Type: application/json' -d {shlex.quote(json.dumps(said))}"
        ),
    )


def _changes(diff: tuple[str, ...], revision: int) -> Changes:
    hidden = len(diff) - POINTS
    more = (Ours(f"and {hidden} more lines"),) if hidden > 0 else ()
    return Changes(Ours(f"Changed since revision {revision - 1}"), (*diff[:POINTS], *more))


def _span(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    return f"{minutes} min" if not hours else f"{hours} h" if not rest else f"{hours} h {rest} min"
