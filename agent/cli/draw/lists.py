"""Lists: tasks, approvals, agents."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from agent.cli.draw.now import command, to_decide
from agent.cli.draw.words import HEALTH, age, count, line, risk, span, status
from agent.service.views.agent import AgentView
from agent.service.views.approval import ApprovalView
from agent.service.views.task import TaskRow, TaskView


def tasks_table(tasks: Sequence[TaskRow]) -> RenderableType:
    now, table = datetime.now(UTC), _table("task", "status", "age", "title")
    table.columns[0].overflow = "fold"
    table.columns[0].max_width = 40
    _one_line(table, 3)
    for task in tasks:
        table.add_row(
            Text(task.task_id, style="bold"),
            _standing(task),
            age((now - task.created_at).total_seconds()),
            Text(task.title),
        )
    return table


def _standing(task: TaskRow) -> Text:
    """What is unusual about it beside its status, if anything."""
    urgent = f" {task.priority}" if task.priority in {"high", "critical"} else ""
    flagged = " review" if task.needs_review and task.status != "blocked" else ""
    return line(status(task.status), (urgent, "magenta"), (flagged, "yellow"))


def pending(approval: ApprovalView, task: TaskView | None, suffix: str) -> Iterator[RenderableType]:
    """One approval: what it is about, what will run, how long there is, and what to type."""
    left = (approval.expires_at - datetime.now(UTC)).total_seconds()
    title = line(
        (approval.code, "bold yellow"),
        "  risk ",
        risk(approval.level),
        f"  expires in {span(left)}  ",
        (approval.title or approval.task_id, "bold"),
    )
    title.no_wrap, title.overflow = True, "ellipsis"
    yield title
    by = f", asked by {approval.requester}" if approval.requester else ""
    yield line((f"  task {approval.task_id}{by}, plan {approval.plan_hash[:12]}", "dim"))
    for subtask in task.subtasks if task else ():
        if subtask.subtask_id in approval.subtask_ids:
            yield line("  ● ", (subtask.agent or "no agent", "cyan"), f"  {subtask.objective}")
    rest = len(task.subtasks) - len(approval.subtask_ids) if task else 0
    if rest:
        yield line((f"    and {count(rest, 'other subtask')} in the same plan", "dim"))
    yield from list(to_decide(approval, suffix))[1:]
    yield Text()


def agents_table(agents: Sequence[AgentView]) -> RenderableType:
    table = _table("agent", "domain", "health", "load", "reached by", "does")
    _one_line(table, 5)
    for agent in agents:
        limit = agent.limits.max_concurrency
        off = "" if agent.status == "enabled" else " (disabled)"
        table.add_row(
            Text(f"{agent.id}{off}", style="bold"),
            agent.domain,
            Text(agent.health, style=HEALTH[agent.health]),
            f"{agent.load}/{limit if limit is not None else '∞'}",
            agent.endpoint,
            Text(agent.reason or agent.description, style="red" if agent.reason else ""),
        )
    return table


def agent_card(agent: AgentView) -> Iterator[RenderableType]:
    yield line((agent.name, "bold"), f"  {agent.id} {agent.version}  ", (agent.health, HEALTH[agent.health]))
    yield Text(agent.description)
    if agent.reason:
        yield Text(agent.reason, style="red")
    yield line((f"reached by {agent.endpoint}, at most {span(agent.sla.timeout_s)} an attempt", "dim"))
    for skill in agent.skills:
        yield line("\n", (skill.name or skill.id, "bold"), f"  {', '.join(skill.tags)}")
        for example in skill.examples:
            yield line(f"  “{example}”")


def more(typed: str) -> Text:
    return command("More", typed)


def _one_line(table: Table, number: int) -> None:
    """Prose gets what room is left, and no more than its line; each thing has a command that tells all."""
    table.columns[number].ratio = 1
    table.columns[number].no_wrap = True
    table.columns[number].overflow = "ellipsis"


def _table(*names: str) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0), expand=True)
    for name in names:
        table.add_column(name)
    return table
