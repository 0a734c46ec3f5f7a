"""When what happened: the task's changes of status, the votes on it and its attempts, in one order."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from agent.cli.draw.words import short_names, span
from agent.service.views.task import TaskView

MOST = 60


class Moment(NamedTuple):
    at: datetime
    what: str
    told: str
    style: str


def timeline(task: TaskView) -> RenderableType:
    moments = sorted(_moments(task))
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    for moment in moments[:MOST]:
        since = (moment.at - task.created_at).total_seconds()
        table.add_row(
            Text(f"+{span(since)}", style="dim"), Text(moment.what, style=moment.style), moment.told
        )
    if len(moments) > MOST:
        table.add_row("", Text(f"and {len(moments) - MOST} more", style="dim"), "")
    return table


def _moments(task: TaskView) -> Iterator[Moment]:
    names = short_names({s.subtask_id: s.agent for s in task.subtasks})
    for change in task.status_history:
        yield Moment(change.at, change.status.replace("_", " "), change.reason or "", "bold")
    for approval in task.approvals:
        for vote in approval.votes:
            said = f"{vote.approver} as {vote.role}" + (f": {vote.reason}" if vote.reason else "")
            yield Moment(vote.at, f"vote: {vote.answer}", said, "yellow")
    for attempt in task.attempts:
        who = names.get(attempt.subtask_id, attempt.subtask_id)
        again = f", attempt {attempt.number}" if attempt.number > 1 else ""
        ended = attempt.ended_at
        took = f" in {span((ended - attempt.started_at).total_seconds())}" if ended else ""
        state = attempt.state.replace("_", " ")
        yield Moment(attempt.started_at, who, f"{state}{took}{again}", "cyan")
