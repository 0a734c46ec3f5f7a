"""A task from its request to its bill: what it was going to do, who let it, what it did, what it cost."""

from collections.abc import Iterator
from typing import Final, assert_never

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from agent.cli.draw.now import what_now
from agent.cli.draw.plan import Picture, asked, findings, hits, plan_tree
from agent.cli.draw.timeline import timeline
from agent.cli.draw.words import count, day, line, money, risk, span
from agent.service.views.approval import ApprovalView
from agent.service.views.plan import PlanView
from agent.service.views.task import TaskView
from domain.approval import Answer, ApprovalStatus, Vote

DECIDED: Final[dict[ApprovalStatus, str]] = {
    "pending": "waits",
    "approved": "approved",
    "rejected": "rejected",
    "expired": "expired: nobody decided in time",
    "superseded": "superseded by another plan",
    "cancelled": "cancelled with the task",
}
SAID: Final[dict[Answer, str]] = {
    "approve": "said yes",
    "reject": "said no",
    "changes": "asked for changes",
}


def account(task: TaskView, suffix: str = "") -> Iterator[RenderableType]:
    """In the order in which somebody asks who was not there."""
    yield from _head(task)
    if task.plan is not None:
        yield _titled("What it was going to do", *_going_to(task, task.plan))
        yield _titled("Who let it", *_let(task, task.plan))
    yield _titled("What happened", timeline(task))
    yield _titled("What it cost", _bill(task))
    yield Text()
    yield from what_now(task, suffix)


def _head(task: TaskView) -> Iterator[Text]:
    yield Text(task.title, style="bold")
    asker = asked_by(task)
    yield line(
        "Task ",
        (task.task_id, "bold"),
        f", asked {day(task.created_at)}",
        f" by {asker}" if asker else "",
        f", due {day(task.due_at)}" if task.due_at else "",
    )


def asked_by(task: TaskView) -> str | None:
    """Whom the request names, or whose key sent it; otherwise whoever sent it says they are."""
    if task.requester or not task.status_history:
        return task.requester
    return f"{task.status_history[0].actor.removeprefix('api:')} (nobody checked who that is)"


def _going_to(task: TaskView, plan: PlanView) -> Iterator[RenderableType]:
    yield plan_tree(Picture(task.title, plan, task.subtasks, task.dependencies))
    for constraint in plan.constraints:
        yield Text(f"- {constraint}")
    if (found := findings(plan)) is not None:
        yield found
    if plan.revision > 1:
        yield line((f"revision {plan.revision}; what the last change made different: ", "dim"))
        yield line((f"orchestrator diff {task.task_id}", "bold"))


def _let(task: TaskView, plan: PlanView) -> Iterator[RenderableType]:
    names = Picture(task.title, plan, task.subtasks, task.dependencies).names
    yield from hits(plan.verdict, names)
    demand = plan.verdict.demand
    if demand is None:
        yield line("Nobody had to: risk ", risk(plan.level), ", and the policy asks nobody then.")
    for approval in sorted(task.approvals, key=lambda one: one.requested_at):
        yield from _decision(approval)


def _decision(approval: ApprovalView) -> Iterator[RenderableType]:
    yield line(
        "Approval ", (approval.code, "bold yellow"), " for plan ", (approval.plan_hash[:12], "bold cyan"),
        f", revision {approval.revision}: ", (DECIDED[approval.status], "bold"),
        f" (asked {approval.required} of {', '.join(approval.roles)})",
    )  # fmt: skip
    votes = Table.grid(padding=(0, 2))
    for vote in approval.votes:
        votes.add_row(Text(day(vote.at), no_wrap=True), _voice(vote))
    yield Padding(votes, (0, 0, 0, 2), expand=False)


def _voice(vote: Vote) -> Text:
    reason = f": {vote.reason}" if vote.reason else ""
    return line(
        (vote.approver, "bold"),
        f" {SAID[vote.answer]} as {vote.role}{_means(vote)}{reason}",
        (" · who that is was claimed, not proven", "yellow") if vote.unauthenticated else "",
        (" · without saying which plan they saw", "yellow") if vote.hash_unseen else "",
    )


def _means(vote: Vote) -> str:
    match vote.means:
        case "role":
            return ""
        case "delegation":
            return f", lent by {vote.on_behalf_of}"
        case "preapproval":
            return ", in advance, to plans of this kind"
        case "break_glass":
            return ", breaking the glass"
        case other:
            assert_never(other)


def _bill(task: TaskView) -> RenderableType:
    table, metrics = Table.grid(padding=(0, 2)), task.metrics
    estimate = task.plan.estimate if task.plan is not None else None
    time = span(metrics.elapsed_seconds) if metrics.attempts else "none: nothing of it was started"
    spent = money(metrics.cost_usd)
    if estimate is not None:
        time += f"; expected {span(estimate.p50_s)}, nine times of ten within {span(estimate.p90_s)}"
        spent += f"; expected at most {money(estimate.cost_p90_usd)}" if estimate.cost_p90_usd > 0 else ""
    again = f", {metrics.retries} of them again" if metrics.retries else ""
    table.add_row("time", time)
    table.add_row("agents", f"{spent} for {count(metrics.attempts, 'attempt')}{again}")
    if task.plan is not None and task.plan.drafting is not None:
        table.add_row("planning", asked(task.plan.drafting))
    return table


def _titled(title: str, *body: RenderableType) -> RenderableType:
    return Group(Text(f"\n{title}", style="bold"), Padding(Group(*body), (0, 0, 0, 2), expand=False))
