"""What a sentence says will come about, which somebody is to do: “the rotation of the keys is due on Friday”."""

import re

from planner.rules.nominal import named_deed
from planner.rules.reading.phrase import Phrase, Said, phrased
from planner.rules.verbal import verbal
from planner.rules.words import lemma_of, words


def coming(said: Said) -> Phrase | None:
    """“The move to the new host can go ahead”, "then comes the rollout of 5.2"."""
    if said.question or _NOT.search(said.rest):
        return None
    found = _COMES.match(said.rest) or _IS_DUE.match(said.rest)
    deed = named_deed(found["deed"]) if found else None
    return as_ordered(said, (deed[0], f"{deed[1]}{found['when']}")) if found and deed else None


def allowed(said: Said) -> Phrase | None:
    """“Half of our buyers could use the new checkout from tomorrow”: they are given it."""
    # Most segments name no day from which on: to see that takes a tenth of the search.
    found = _ALLOWED.match(said.rest) if " from " in said.rest and not said.question else None
    return (
        as_ordered(said, ("roll out", f"{found['what']} to {found['who']} {found['when']}"))
        if found
        else None
    )


_ALLOWED = re.compile(
    r"(?:it would be (?:great|nice|good|fine) if )?(?P<who>[^,;:]{3,60}?) (?:may|can|could|should) (?:then |also |finally )?(?:use|have|see|get) (?P<what>[^,;:]{3,60}?)"
    r" (?P<when>from (?:now|tomorrow|today|next|the \d|mon|tues|wednes|thurs|fri|satur|sun)\w*\b.*)$",
    re.IGNORECASE | re.DOTALL,
)


def requested(said: Said) -> Phrase | None:
    """“Could 2.9 be put onto staging for tomorrow?” wants it there, "can the index be dropped?" wants to know."""
    found = _REQUESTED.match(said.rest) if said.question else None
    if found is None or not _URGES.search(said.rest):
        return None
    return as_ordered(said, (lemma_of(found["done"].lower()), f"{found['thing']}{found['rest']}"))


_REQUESTED = re.compile(
    r"(?:could|can|would|might) (?P<thing>[^,;]{2,70}?) (?:please |kindly |also |possibly )?be (?P<done>\w+)\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_URGES = re.compile(
    r"^could .*\b(?:today|tonight|tomorrow|asap|(?:by|before|on|for|until) (?:the |next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun|to|week|\d))|\b(?:please|kindly)\b",
    re.IGNORECASE,
)


def as_ordered(said: Said, deed: tuple[str, str]) -> Phrase:
    """A segment read as the order that it stands for, which is also how it is told on and judged."""
    verb, thing = deed
    article = thing.partition(" ")[0].lower() in _ARTICLES
    told = f"{verb[:1].upper()}{verb[1:]} {f'{thing[:1].lower()}{thing[1:]}' if article else thing}"
    inner = said._replace(text=told, rest=told, row=words(told), mood="order")
    return phrased(inner, verbal(told, told, inner.row, 0))


_ARTICLES = frozenset({"the", "a", "an", "our", "all", "these", "those", "every", "each"})
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
