"""“Check that no service uses the role, then remove it”: what it points at is spelled out."""

import re
from collections.abc import Sequence
from itertools import pairwise

from planner.rules.ask import Ask
from planner.rules.wordlist import wordlist


def unneeded_named(asks: Sequence[Ask]) -> tuple[Ask, ...]:
    """Asks that take away what was found to be needed by nobody, each with the thing's own name."""
    told = [_spelled(ask, _unneeded(before)) for before, ask in pairwise(asks)]
    return (*asks[:1], *told)


def _spelled(ask: Ask, thing: str | None) -> Ask:
    if thing is None or ask.clause.verb not in _TAKES or ask.clause.object.lower() not in _POINTS:
        return ask
    text = f"{ask.clause.verb} {thing}"
    clause = ask.clause.model_copy(update={"object": thing, "text": text})
    return ask._replace(text=text, clause=clause)


def _unneeded(ask: Ask) -> str | None:
    """The thing that an ask is to make sure of that it is used by nobody."""
    found = _BY_NOBODY.search(ask.text)
    thing = found["thing"].strip(" .,;:") if found is not None else ""
    return thing if thing.lower() not in {"", *_POINTS} else None


_TAKES: frozenset[str] = wordlist("remove delete drop disable revoke purge archive retire deactivate terminate") | {
    "shut down", "shut off", "turn off", "switch off", "take down", "tear down", "take away",
}  # fmt: skip
_POINTS: frozenset[str] = wordlist("it them these those")
_BY_NOBODY = re.compile(
    r"\b(?:nobody|nothing|no one|none|no (?:[\w-]+ ){0,2}[\w-]+) (?:still |else |really |currently )?"
    r"(?:uses?|reads?|needs?|calls?|accesses|writes|depends|relies|refers|points)(?: (?:from|to|on))? (?P<thing>.+)$",
    re.IGNORECASE,
)
