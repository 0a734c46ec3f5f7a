"""Two pieces of work, and the link that puts one before the other."""

from typing import NamedTuple

from domain.clause import Environment
from domain.ids import AgentId
from domain.plan import EdgeKind
from planner.rules.stages import Stage


class Piece(NamedTuple):
    """What ordering needs to know of one piece of work."""

    text: str
    agent: AgentId | None
    verb: str | None
    target: str
    stage: Stage
    cue: str
    marker: str
    listing: int
    unit: int
    anaphor: bool
    after: tuple[int, ...]
    needs: tuple[str, ...]
    place: Environment
    consumes: tuple[str, ...]
    produces: tuple[str, ...]
    part: str = ""
    """What its agent does with things that are handed on by name: `check`, `outlet`, …"""


class Link(NamedTuple):
    """`first` comes before `second`, and why."""

    first: int
    second: int
    kind: EdgeKind
    reason: str


def as_said(first: int, second: int, reason: str) -> Link:
    """An order that the words give: `sequence` as the text goes, `explicit` against it."""
    return Link(first, second, "sequence" if first < second else "explicit", reason)


def short(piece: Piece) -> str:
    return piece.text if len(piece.text) <= 60 else piece.text[:57] + "…"
