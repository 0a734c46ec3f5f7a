"""A running task as a tree that is drawn again and again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text
from rich.tree import Tree

from agent.cli.draw.words import SUBTASK, line, short_names, span, status
from agent.cli.watched import Detail, Watched
from domain.fold import SubtaskView
from domain.graph import waves
from domain.ids import SubtaskId

LOUD = ("running", "blocked", "failed", "ready", "waiting_approval")
"""States worth a line where there is not room for all."""
MARGIN = 8
"""Lines of the terminal that are left to everything else."""


class LiveTree:
    """Drawn anew whenever rich refreshes the screen, so that seconds go on between events."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self.trouble: str | None = None

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.drawn(height=options.max_height)
        if self.trouble:
            yield Text(f"{self.trouble}; trying again", style="yellow")

    def drawn(self, *, height: int = 10_000) -> Tree:
        watched, task = self._watched, self._watched.task
        if task is None:
            return Tree(line((watched.task_id, "bold"), " …"))
        now = datetime.now(watched.began_at.tzinfo if watched.began_at else None)
        names = short_names({node: s.agent for node, s in task.subtasks.items()})
        width = max(map(len, names.values()), default=0)
        tree = Tree(self._heading(now), guide_style="dim")
        shown = _shown(task.subtasks, max(5, height - MARGIN))
        for node in shown:
            subtask, detail = task.subtasks[node], watched.details.get(node, Detail())
            waits = [names.get(p, p) for p in subtask.depends_on if not _passed(task.subtasks.get(p))]
            tree.add(_row(names[node].ljust(width), subtask, detail, waits, now))
        hidden = Counter(s.state for node, s in task.subtasks.items() if node not in set(shown))
        if hidden:
            tree.add(line(("… " + ", ".join(f"{n} {state}" for state, n in hidden.items()), "dim")))
        return tree

    def _heading(self, now: datetime) -> Text:
        task = self._watched.task
        assert task is not None
        end = self._watched.last_at if self._watched.is_at_rest else now
        began = self._watched.began_at
        since = f"  {span((end - began).total_seconds())}" if began and end else ""
        why = f"  {self._watched.reason}" if self._watched.reason else ""
        return line((self._watched.task_id, "bold"), "  ", status(task.status), (since, "dim"), (why, "red"))


def _shown(subtasks: Mapping[SubtaskId, SubtaskView], room: int) -> list[SubtaskId]:
    """In the order of the waves; where there is no room for all, those in which something happens."""
    ordered = [
        node for level in waves({node: s.depends_on for node, s in subtasks.items()}) for node in level
    ]
    if len(ordered) <= room:
        return ordered
    loud = [node for node in ordered if subtasks[node].state in LOUD]
    return loud[:room]


def _passed(subtask: SubtaskView | None) -> bool:
    return subtask is None or subtask.state in {"completed", "skipped"}


def _row(name: str, subtask: SubtaskView, detail: Detail, waits: Sequence[str], now: datetime) -> Text:
    look = SUBTASK[subtask.state]
    told: list[tuple[str, str]] = []
    title = subtask.title
    match subtask.state:
        case "running":
            since = (now - detail.started_at).total_seconds() if detail.started_at else 0.0
            title = f"{span(since):>7}  {title}"
            told = [(f"  {detail.note}" if detail.note else "", "yellow")]
        case "completed":
            took = span(detail.seconds) if detail.seconds is not None else ""
            # Before the title, which may be cut where a line ends.
            title, told = f"{took:>7}  {subtask.title}" if took else subtask.title, []
        case "pending":
            told = [(f"  after {', '.join(waits)}" if waits else "", "dim")]
        case "waiting_approval":
            told = [("  needs approval", "yellow")]
        case "blocked":
            why = detail.question.required_input if detail.question else detail.note
            told = [(f"  {why}" if why else "", "red")]
        case _:
            told = [
                (f"  {detail.note}" if detail.note else "", "dim" if subtask.state == "skipped" else "red")
            ]
    row = line((f"{look.mark} ", look.style), (name, look.style), "  ", title, *told)
    row.no_wrap, row.overflow = True, "ellipsis"
    return row
