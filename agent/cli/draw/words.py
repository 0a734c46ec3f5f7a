"""The words, marks and colours that all pictures share."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from rich.text import Text

from domain.agent import Health, RiskLevel
from domain.subtask import SubtaskState
from domain.task import TaskStatus

WIDEST: Final = 100
"""Columns of a frame; longer lines are hard to read. A narrower terminal narrows it."""


class Look(NamedTuple):
    mark: str
    style: str


SUBTASK: Final[dict[SubtaskState, Look]] = {
    "pending": Look("·", "dim"),
    "waiting_approval": Look("◌", "yellow"),
    "ready": Look("○", "cyan"),
    "running": Look("●", "bold cyan"),
    "completed": Look("✓", "green"),
    "failed": Look("✗", "bold red"),
    "blocked": Look("!", "bold red"),
    "skipped": Look("-", "dim"),
    "cancelled": Look("-", "dim"),
}

TASK: Final[dict[TaskStatus, str]] = {
    "planning": "cyan",
    "approval_pending": "bold yellow",
    "planned": "cyan",
    "running": "bold cyan",
    "pausing": "cyan",
    "paused": "yellow",
    "cancelling": "yellow",
    "completed": "bold green",
    "failed": "bold red",
    "blocked": "bold red",
    "rejected": "red",
    "expired": "red",
    "cancelled": "dim",
}

RISK: Final[dict[RiskLevel, str]] = {
    "low": "green",
    "medium": "yellow",
    "high": "bold red",
    "critical": "bold white on red",
}

HEALTH: Final[dict[Health, str]] = {"healthy": "green", "unknown": "dim", "unhealthy": "bold red"}


def status(value: TaskStatus) -> Text:
    return Text(value.replace("_", " "), style=TASK[value])


def risk(level: RiskLevel) -> Text:
    return Text(level, style=RISK[level])


def line(*parts: Text | str | tuple[str, str]) -> Text:
    """Pieces side by side; a pair is a text and its style."""
    return Text.assemble(*parts)


def span(seconds: float) -> str:
    """`0.12 s`, `43 s`, `2 min 5 s`, `1 h 5 min`, `3 d 2 h`."""
    if seconds < 10:
        return f"{max(seconds, 0.0):.2f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def money(dollars: float) -> str:
    """Cents where there are any; a fraction of one is not rounded to nothing."""
    if dollars <= 0:
        return "no money"
    return f"${dollars:.2f}" if dollars >= 0.10 else f"${dollars:.4f}"


def age(seconds: float) -> str:
    """The same, as much of it as a list has room for."""
    return " ".join(span(seconds).split()[:2]).replace(".00", "")


def clock(at: datetime) -> str:
    """The time of day where the reader is."""
    return at.astimezone().strftime("%H:%M:%S")


def day(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M %Z")


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def short_names(agents: Mapping[str, str | None]) -> dict[str, str]:
    """What to call each subtask in a picture: its agent, with the number at the end of its id where it has several;
    its whole id where even that does not say which one.
    """
    often = Counter(agents.values())
    told = {
        node: f"{agent} {node.rpartition('::')[2]}" if often[agent] > 1 else agent
        for node, agent in agents.items()
        if agent
    }
    meant = Counter(told.values())
    return {node: told[node] if meant[told.get(node, "")] == 1 else node for node in agents}


def columns(rows: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column of these rows is."""
    return [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
