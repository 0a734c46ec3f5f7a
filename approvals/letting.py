"""Letting somebody at something: “let the whole company see the payroll folder”, “let 500 people in”."""

from typing import Final

from approvals.line import Line
from approvals.vocabulary import Verb

_ENDS = "see read view access use have edit enter reach browse download query clone fork pull in into onto through join try"
_OTHER_ENDS = "me us it sign log check come opt plug type fill zoom run know go"
_SIGNS: Final = frozenset({"sign", "log"})
_REACHES: Final = frozenset(_ENDS.split())
_OTHERWISE: Final = frozenset(_OTHER_ENDS.split())
"""After these it is another thing that is let: "let me see", "let users sign in", "let us know"."""
_LONGEST: Final = 8
LETS: Final = frozenset({"let_in"})


def letting(line: Line, at: int) -> Verb | None:
    """What is let be done to something, where a line begins so; its object is what comes behind."""
    tokens = line.tokens
    at += tokens[at : at + 1] == ("let",)
    begins = next((n for n in range(at - 1, -1, -1) if not tokens[n].isdigit()), None)
    if begins is None or tokens[begins] != "let" or at >= len(tokens) or tokens[at] in _OTHERWISE:
        return None
    for place in range(at + 1, min(at + _LONGEST, len(tokens))):
        signs = tokens[place] in _SIGNS and tokens[place + 1 : place + 2] == ("in",)
        if tokens[place] in _OTHERWISE and not signs:
            return None
        if signs or tokens[place] in _REACHES:
            return Verb(begins, place + 1, f"let {tokens[place]}", LETS, "base")
    return None
