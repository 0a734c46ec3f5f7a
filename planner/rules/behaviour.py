"""What only tells how a thing that is being made will behave: “build a refund form … charge the card when …”.

Such words are no order to do it now. They are taken so only where the request makes a thing besides, where whoever
writes software does the work, and where neither a place nor anybody in particular is named.
"""

import re
from collections.abc import Sequence

from domain.clause import Clause
from planner.rules.asks import Ask
from planner.rules.capability import kind_of
from planner.rules.concepts import Concept
from planner.rules.shape import NAMES_A_THING
from planner.rules.wordlist import wordlist

_WRITES: frozenset[Concept] = frozenset({"backend", "frontend"})
_MAKES: frozenset[str] = wordlist(
    "add allow build change create design develop extend implement integrate introduce let need offer show support write"
)
_IN_PARTICULAR = re.compile(
    r"\b(?:all|everyone|everybody|everything|existing|affected|concerned|remaining|those|these|duplicates?d?|wrong|stale|unused"
    r"|old|previous|last|latest|yesterday'?s?|today|tonight|tomorrow|now|once|again|immediately|by hand|manually"
    r"|every (?:user|customer|account|tenant|subscriber|record|row)|\d{2,}(?!%| ?(?:days?|weeks?|months?|years?|hours?|minutes?|seconds?)))\b",
    re.IGNORECASE,
)
"""Words that point at what is there already, or at a moment: those are acts, whatever is being built."""


def behaviours(asks: Sequence[Sequence[Ask]]) -> tuple[bool, ...]:
    """For each piece of work of a request whether its words only tell what software that is made will do."""
    making = [any(map(_makes, held)) for held in asks]
    return tuple(
        any(making[:number] + making[number + 1 :]) and all(map(_tells, held))
        for number, held in enumerate(asks)
    )


def _makes(ask: Ask) -> bool:
    """Whether a thing that users or programs meet is made: an endpoint, a form, a job."""
    if ask.mood == "story":
        return True
    kind = kind_of(None, ask.clause.object)
    named = kind is not None and kind.concept in _WRITES and kind.score >= NAMES_A_THING
    return named and (ask.clause.verb is None or ask.clause.verb in _MAKES)


def _tells(ask: Ask) -> bool:
    return (
        ask.kind is not None
        and ask.kind.concept in _WRITES
        and not ask.implied
        and _nowhere(ask.clause)
        and not _IN_PARTICULAR.search(ask.text)
    )


def _nowhere(clause: Clause) -> bool:
    return clause.language == "en" and clause.environment == "unknown"
