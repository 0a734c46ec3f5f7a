"""What is asked: one piece of work, and all that a request asks for."""

from typing import NamedTuple

from domain.clause import Clause
from planner.rules.concepts import Concept
from planner.rules.kinds.kind import Kind
from planner.rules.kinds.leanings import kind_of
from planner.rules.openings import Cue, Mood


class Ask(NamedTuple):
    """One piece of work asked for. `after` are indexes of asks that the text itself puts before it; `topic`
    is what was last spoken of before it; `team` the kind of work of the team it is given to by name.
    """

    text: str
    clause: Clause
    cue: Cue = "none"
    mood: Mood = "none"
    marker: str = "prose"
    listing: int = 0
    unit: int = 0
    anaphor: bool = False
    after: tuple[int, ...] = ()
    needs: tuple[str, ...] = ()
    acceptance: tuple[str, ...] = ()
    topic: str = ""
    team: Concept | None = None
    kind: Kind | None = None
    implied: bool = False
    heads: bool = False
    coupled: bool = False
    bare: bool = False
    echo: bool = False
    also: tuple[str, ...] = ()
    """More words that its agent and its judge are to hear."""

    optional: bool = False
    """A wish that something holds: work for an agent that checks such things, else a criterion of the work before."""


def concept_of(ask: Ask) -> Concept | None:
    """The kind of work an ask is by the team it is given to, else by its own words."""
    kind = kind_of(ask.clause.verb, ask.clause.object)
    return ask.team or (kind.concept if kind and kind.score >= 2 else None)


class Asked(NamedTuple):
    """What a request asks for, and why nothing came of it where nothing did."""

    asks: tuple[Ask, ...]
    constraints: tuple[str, ...] = ()
    nothing: str | None = None
    """`question`, `vague`: why there is no ask."""
    language: str = "en"
    theme: tuple[str | None, str] = (None, "")
    """Verb and object of the title."""
