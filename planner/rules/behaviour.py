"""What only tells how a thing that is being made will behave: “build a refund form … charge the card when …”.

Such words are no order to do it now. They are taken so only where the request makes a thing besides, where whoever
writes software does the work, and where neither a place nor anybody in particular is named.
"""

import re
from collections.abc import Sequence

from domain.clause import Clause
from planner.rules.ask import Ask
from planner.rules.concepts import Concept
from planner.rules.kinds.kind import NAMES_A_THING
from planner.rules.kinds.leanings import kind_of
from planner.rules.wordlist import wordlist

_WRITES: frozenset[Concept] = frozenset({"backend", "frontend"})
_MAKES: frozenset[str] = wordlist(
    "add allow build change create design develop extend implement integrate introduce let need offer show support write"
)
_IN_PARTICULAR = re.compile(
    r"\b(?:all|everyone|everybody|everything|existing|affected|concerned|remaining|those|these|duplicates?d?|wrong|stale|unused"
    r"|old|previous|last|latest|yesterday'?s?|today|tonight|tomorrow|now|once|again|immediately|by hand|manually"
    r"|their (?:money|fees?|deposits?|payments?)"
    r"|every (?:user|customer|account|tenant|subscriber|record|row)|\d{2,}(?!%| ?(?:days?|weeks?|months?|years?|hours?|minutes?|seconds?)))\b",
    re.IGNORECASE,
)
"""Words that point at what is there already, or at a moment: those are acts, whatever is being built."""


def behaviours(asks: Sequence[Sequence[Ask]], *, mending: bool = False) -> tuple[bool, ...]:
    """For each piece of work of a request whether its words only tell what software that is made will do.

    `mending`: the request as a whole is about a fault.
    """
    making = [any(_makes(ask) or _writes(ask) for ask in held) for held in asks]
    return tuple(
        _told_beside(held, making=mending or any(making[:number] + making[number + 1 :]))
        for number, held in enumerate(asks)
    )


def _told_beside(held: Sequence[Ask], *, making: bool) -> bool:
    """Beside a thing that is made or mended words tell of it, where they point at nobody."""
    if not held or not all(map(_tells, held)):
        return False
    recurs = all(_RECURS.search(ask.text) for ask in held)
    return recurs or (making and not any(_DEFINITE.search(ask.clause.object) for ask in held))


_RECURS = re.compile(
    r"\b(?:every (?:\w+ )?(?:minutes?|hours?|day|night|morning|evening|week|month|quarter|year|mon|tues|wednes|thurs|fri|satur|sun)(?:day)?|each (?:day|night|week|month|time)"
    r"|(?:daily|nightly|weekly|monthly|hourly)(?=\s*(?:$|[,.;]))|whenever|when(?:ever)? (?:an?|their|his|her|its|they|somebody|someone|anybody)"
    r"|(?:days?|hours?|weeks?) (?:before|after) (?:an?|the|their|each|every))\b",
    re.IGNORECASE,
)
"""What happens again and again, or whenever something comes up, is done by software that is yet to be made."""

_DEFINITE = re.compile(
    r"\b(?:the|our|their|its|your) (?:[\w-]+ ){0,2}?[\w-]+(?<!s)s\b|^(?:it|them)\b", re.IGNORECASE
)
_MENDS: frozenset[str] = wordlist(
    "fix refactor rewrite simplify optimise optimize harden rework extract implement"
)


def _writes(ask: Ask) -> bool:
    """Whether code is mended, or tests for it are written."""
    if ask.kind is None:
        return False
    tests = ask.kind.concept == "qa" and ask.clause.verb in {
        "write",
        "add",
        "extend",
        "create",
        "cover",
        None,
    }
    return tests or (ask.kind.concept in _WRITES and ask.clause.verb in _MENDS)


def _makes(ask: Ask) -> bool:
    """Whether a thing that users or programs meet is made: an endpoint, a form, a job."""
    if ask.mood == "story":
        return True
    if ask.clause.verb is not None and ask.clause.verb not in _MAKES:
        return False
    kind = kind_of(None, ask.clause.object)
    return kind is not None and kind.concept in _WRITES and kind.score >= NAMES_A_THING


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
