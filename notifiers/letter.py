"""What a notice says, in parts that every channel can set in its own way."""

from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from domain.agent import RiskLevel

RISK_EMOJI: Final[dict[RiskLevel, str]] = {"low": "🟢", "medium": "🟡", "high": "🟠", "critical": "🔴"}

POINTS: Final = 40
"""More lines than this are counted, not shown."""


class Ours(str):
    """Text of our own making, printed as it is. Any other text may be a stranger's and is made inert first."""

    __slots__ = ()


Words = tuple[str, ...]
"""Pieces that are read as one text; each is `Ours` or is made inert."""


def ours(text: object) -> Words:
    return (Ours(text),)


class Facts(NamedTuple):
    """Labelled values."""

    rows: tuple[tuple[Ours, Words], ...]
    kind: Literal["facts"] = "facts"


class Points(NamedTuple):
    """Sentences, one a line."""

    title: Ours
    rows: tuple[Words, ...]
    kind: Literal["points"] = "points"


class Table(NamedTuple):
    """Rows under a head; `more` tells of those that are not shown."""

    title: Ours
    head: tuple[Ours, ...]
    rows: tuple[tuple[Words, ...], ...]
    more: Ours = Ours()
    kind: Literal["table"] = "table"


class Commands(NamedTuple):
    """What to type, exactly."""

    title: Ours
    rows: tuple[Ours, ...]
    kind: Literal["commands"] = "commands"


class Changes(NamedTuple):
    """Lines of a comparison."""

    title: Ours
    rows: tuple[str, ...]
    kind: Literal["changes"] = "changes"


Section = Facts | Points | Table | Commands | Changes


class Letter(NamedTuple):
    """A notice, worded. `subject` is for lists of letters; `link` is where to go, under `link_text`."""

    subject: Words
    headline: Words
    sections: tuple[Section, ...] = ()
    link: Ours = Ours()
    link_text: Ours = Ours()
    mentions: tuple[Ours, ...] = ()


def points(title: str, rows: tuple[Words, ...]) -> Points:
    hidden = len(rows) - POINTS
    more = (ours(f"and {hidden} more"),) if hidden > 0 else ()
    return Points(Ours(title), (*rows[:POINTS], *more))


def badge(level: RiskLevel) -> str:
    return f"{RISK_EMOJI[level]} {level} risk:"


def instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
