"""Politeness and words of order at the end of a segment."""

import re

from planner.rules.moments import last_moment
from planner.rules.openings import Cue


def without_end(rest: str) -> tuple[str, Cue]:
    """Without politeness and order words at the end: "check the plan afterwards, please"."""
    rest = _POLITE.sub("", rest)
    bare, turn = last_moment(rest)
    if turn != "none":
        return bare, turn
    for cue, pattern in _ENDS:
        found = pattern.search(rest)
        if found and found.start() > 0:
            return (rest if cue == "first" else rest[: found.start()]), cue
    return rest, "none"


_POLITE = re.compile(
    r"[\s,]+(?:please|pls|plz|too|as well|thanks|thank you|cheers|asap|if possible|as usual|as always|included)[\s.!]*$",
    re.IGNORECASE,
)
_ENDS: tuple[tuple[Cue, re.Pattern[str]], ...] = (
    (
        "then",
        re.compile(r"[\s,]+(?:afterwards?|after that|later on|subsequently|thereafter)\s*$", re.IGNORECASE),
    ),
    (
        "finally",
        re.compile(r"[\s,]+(?:at the (?:very )?end|in the end|last|as the last step)\s*$", re.IGNORECASE),
    ),
    ("first", re.compile(r"[\s,]+(?:first|beforehand|up ?front|before anything else)\s*$", re.IGNORECASE)),
)
