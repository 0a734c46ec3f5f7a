"""What a page shows of an approval. Pure: from stored values to what a template prints."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from approvals.explain import span
from domain.agent import A2aEndpoint, Endpoint, HttpEndpoint, LlmEndpoint, McpToolEndpoint, ProcessEndpoint
from domain.approval import Approval, ApprovalStatus
from domain.base import JsonObject
from domain.plan import Finding, Plan, Subtask
from domain.verdict import RuleHit
from notifiers.inert import lines
from notifiers.letter import RISK_EMOJI, Ours, instant
from notifiers.notice import Step
from notifiers.sheet import sheet

LONG = 2_000


@dataclass(frozen=True)
class Row:
    """One step: what it is, where it acts, in which words, and what exactly is called."""

    step: Step
    place: Ours
    objective: tuple[str, ...]
    exact: tuple[str, ...]


@dataclass(frozen=True)
class Waits:
    """One line of what waits."""

    approval: Approval
    title: str
    emoji: str
    left: str

    @classmethod
    def of(cls, approval: Approval, title: str, now: datetime) -> "Waits":
        left = max(0.0, (approval.expires_at - now).total_seconds())
        return cls(approval, title, RISK_EMOJI[approval.level], span(left))


@dataclass(frozen=True)
class Seen:
    """An approval with its plan, as of a moment."""

    approval: Approval
    title: str
    status: ApprovalStatus
    """As of now: one whose time has passed is expired, whether or not that is stored yet."""
    rows: tuple[Row, ...]
    hits: tuple[RuleHit, ...]
    found: tuple[Finding, ...]
    broken: bool
    """Whether the glass was broken for it."""
    gated: int
    diff: tuple[str, ...]
    successor: Approval | None
    left: Ours
    requested: Ours
    expires: Ours
    decided: Ours


def seen(
    approval: Approval,
    title: str,
    plan: Plan,
    *,
    now: datetime,
    successor: Approval | None = None,
    diff: tuple[str, ...] = (),
) -> Seen:
    shown = sheet(plan, approval.subtask_ids, shown=len(plan.subtasks))
    by_id = {subtask.subtask_id: subtask for subtask in plan.subtasks}
    over = approval.status == "pending" and now >= approval.expires_at
    return Seen(
        approval=approval,
        title=title,
        status="expired" if over else approval.status,
        rows=tuple(
            Row(
                step,
                _place(by_id[step.subtask_id]),
                _more(by_id[step.subtask_id]),
                _exact(by_id[step.subtask_id].endpoint),
            )
            for step in shown.steps
        ),
        hits=plan.verdict.hits,
        found=plan.findings,
        broken=approval.status == "approved" and any(v.means == "break_glass" for v in approval.votes),
        gated=shown.gated,
        diff=diff,
        successor=successor,
        left=Ours(span(max(0.0, (approval.expires_at - now).total_seconds()))),
        requested=Ours(instant(approval.requested_at)),
        expires=Ours(instant(approval.expires_at)),
        decided=Ours(instant(approval.decided_at or now)),
    )


def _place(subtask: Subtask) -> Ours:
    """Whoever approves lets it act there; where no words say, what reaches outside acts in production."""
    match subtask.environment:
        case None:
            return Ours("")
        case "unknown":
            return Ours("no place is named: production" if subtask.effect == "external" else "")
        case named:
            return Ours(f"in {named}")


def _more(subtask: Subtask) -> tuple[str, ...]:
    """The objective, where it says more than the title does."""
    told = lines(subtask.objective, LONG)
    return () if [each.casefold() for each in told] == [subtask.title.casefold()] else told


def _exact(endpoint: Endpoint | None) -> tuple[str, ...]:
    """What is called, as it was sealed. Headers and variables are left out: secrets may stand in them."""
    told: JsonObject
    match endpoint:
        case None:
            return ()
        case McpToolEndpoint(server=server, tool=tool, arguments=arguments):
            told = {"server": server, "tool": tool, "arguments": arguments}
        case LlmEndpoint(model=model, instructions=instructions):
            told = {"model": model, "instructions": instructions}
        case A2aEndpoint(url=url) | HttpEndpoint(url=url):
            told = {"url": url}
        case ProcessEndpoint(command=command, args=args):
            told = {"command": command, "args": list(args)}
        case other:
            assert_never(other)
    return tuple(json.dumps(told, indent=2, ensure_ascii=False).splitlines())
