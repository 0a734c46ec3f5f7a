"""What a sentence says will come about, which somebody is to do: “the rotation of the keys is due on Friday”."""

import re

from planner.rules.nominal import named_deed
from planner.rules.reading.phrase import Phrase, Said, phrased
from planner.rules.verbal import verbal
from planner.rules.words import words


def coming(said: Said) -> Phrase | None:
    """“The move to the new host can go ahead”, "then comes the rollout of 5.2"."""
    if said.question or _NOT.search(said.rest):
        return None
    found = _COMES.match(said.rest) or _IS_DUE.match(said.rest)
    deed = named_deed(found["deed"]) if found else None
    return as_ordered(said, (deed[0], f"{deed[1]}{found['when']}")) if found and deed else None


def as_ordered(said: Said, deed: tuple[str, str]) -> Phrase:
    """A segment read as the order that it stands for, which is also how it is told on and judged."""
    told = " ".join(deed)
    told = f"{told[:1].upper()}{told[1:]}"
    inner = said._replace(text=told, rest=told, row=words(told), mood="order")
    return phrased(inner, verbal(told, told, inner.row, 0))


_WHEN = (
    r"(?P<when>(?:\s+(?:on|at|by|before|after|from|next|this|tomorrow|tonight|today|in|during|for)\b.*)?)$"
)
_IS_DUE = re.compile(
    r"(?P<deed>[^,;:]{6,90}?) (?:then |also |still |now |finally )?(?:(?:is|are) (?:then |also |still |now |finally )?(?:due|next|pending|outstanding|planned|scheduled|set|to follow|to happen|up next|what is left)"
    r"|(?:has to|have to|needs? to|must|should|shall|can|may|will|is to|are to) (?:then |also |still |now |finally )?(?:happen|take place|follow|go ahead|proceed|come next|start|begin|be (?:done|carried out|performed|made))"
    rf"|follows|comes? next|goes? ahead|takes? place){_WHEN}",
    re.IGNORECASE,
)
_COMES = re.compile(
    r"(?:(?:comes|follows)|(?:the )?(?:(?:last|next|final|first|second|third|only)(?: remaining| open)? )?(?:step|thing|task|item|point|part|action)(?: left)? is(?: to be)?)"
    rf" (?P<deed>(?:the |a |an )[^,;:]{{4,90}}?){_WHEN}",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|never|no|every|each|always|usually|whenever|if|already|was|were|by itself)\b|n['’]t\b",
    re.IGNORECASE,
)
