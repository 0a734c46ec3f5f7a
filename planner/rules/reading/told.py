"""What only tells something, unless it names what is to be delivered."""

import re

from planner.rules.concepts import Concept
from planner.rules.kinds.leanings import kind_of
from planner.rules.lexicon import FINITE
from planner.rules.lists import listed
from planner.rules.people import OBLIGED, PEOPLE
from planner.rules.reading.named import named
from planner.rules.reading.phrase import Phrase, Said, phrased
from planner.rules.reading.wording import finite_in, own_words, tells
from planner.rules.teams import mentioned
from planner.rules.verbal import made, plain


def told(said: Said) -> Phrase:
    parts = _LISTS.search(said.rest)
    target = said.rest[parts.end() :] if parts else said.rest
    if parts is None and ":" in said.rest:
        target = said.rest.split(":", 1)[1].strip()
        parts = _COLON.search(said.rest)
    if parts is not None and len(said.rest) > 3 and target.count(",") > 1:
        target = "; ".join(item.text for item in listed(target, commas=True))
    if _names_parts(said, target, cued=parts is not None) or (parts is not None and _needs_one(said, target)):
        return phrased(said._replace(mood="wish"), made(said.text, "need", target))
    obliged = _obliged(said)
    if obliged is not None:
        return obliged
    if any(word.lower in {"should", "must", "shall"} for word in said.row):
        return Phrase(plain(said.text, "constraint"), said.cue, "statement")
    if said.rest.lower().startswith("no "):
        return Phrase(plain(said.text, "constraint").model_copy(update={"negated": True}), said.cue)
    if said.listed and said.row and not any(word.lower in FINITE for word in said.row[:8]):
        if tells(said.row):
            return Phrase(plain(said.text, "constraint"), said.cue, "statement")
        return phrased(said, plain(said.text, "action", said.rest))
    if said.listed and _PEOPLE_CAN.match(said.rest):
        return Phrase(plain(said.text, "constraint"), said.cue, "statement")
    if _is_fragment(said):
        return phrased(said, made(said.text, "need", said.rest))
    thing = named(said)
    if thing is not None:
        return thing
    return Phrase(plain(said.text, "context"), said.cue)


_LISTS = re.compile(
    r"^(?:(?:this|that|it|which|the (?:feature|work|task|change|job|project|scope|ticket|service|solution|result))\s+)?(?:also\s+|will\s+|would\s+|should\s+|must\s+)?"
    r"(?:needs?|requires?|includes?|involves?|consists? of|comprises?|covers?|contains?|means|entails|affects?|touches|calls for|implies)\s+"
    r"|^there\s+(?:should|must|will|has to|have to|needs to)\s+be\s+|^(?:expected|deliverables?|scope|in scope|parts|components|pieces)\s*(?::|are|is)\s+"
    r"|^(?:i|we)(?:'d| would)? expect\s+",
    re.IGNORECASE,
)
_COLON = re.compile(r":")
_PEOPLE_CAN = re.compile(rf"{PEOPLE} (?:can|could|may)\b", re.IGNORECASE)
_NAMES_NEED = re.compile(r"(?:(?:it|this|that) )?(?:also )?(?:needs?|requires?)\b", re.IGNORECASE)


def _obliged(said: Said) -> Phrase | None:
    """“The order endpoint must accept a key”: work on a part that the words name."""
    found = OBLIGED.match(said.rest) if not said.listed else None
    kind = kind_of(None, found["subject"]) if found else None
    if found is None or kind is None or kind.score < 2.0 or kind.concept not in _PARTS:
        return None
    clause = made(said.text, found["verb"].lower(), f"{found['rest']} in {found['subject']}")
    return phrased(said._replace(mood="statement", team=kind.concept), clause)


_PARTS: frozenset[Concept] = frozenset({"backend", "frontend", "database", "infra", "cicd"})


def _names_parts(said: Said, target: str, *, cued: bool) -> bool:
    """“Requires a table, an endpoint and a page.” "Endpoint, settings page, tests, docs.": parts for several trades."""
    if not cued and any(word.lower in FINITE for word in own_words(said.rest)):
        return False
    items = listed(target, commas=True)
    if len(items) < 2:
        return False
    kinds = [kind_of(None, item.text) for item in items]
    sure = {kind.concept for kind in kinds if kind is not None and kind.score >= 2.5}
    things = sum(kind is not None and kind.score >= 1.5 for kind in kinds)
    return len(sure) > 1 and 3 * things >= 2 * len(items)


def _needs_one(said: Said, target: str) -> bool:
    """“Needs rate limiting.”"""
    kind = kind_of(None, target)
    named = _NAMES_NEED.match(said.rest)
    return named is not None and kind is not None and kind.score >= 3.0 and len(target.split()) < 9


def _is_fragment(said: Said) -> bool:
    """“Tests please.” "Docs too." "Security review." name what is to be delivered along with the rest."""
    names = [word.lower for word in said.row if word.is_word]
    if (
        not 0 < len(names) <= (5 if said.cue == "none" else 9)
        or finite_in(said.row[1:])
        or said.row[0].lower in FINITE | {"i", "we", "it", "there"}
    ):
        return False
    kind = kind_of(None, said.rest)
    along = kind is not None and kind.score >= 3.5 and kind.concept in _ALONG
    return along or (
        said.row[0].lower in {"review", "approval", "sign-off", "test", "testing"}
        and mentioned(said.rest) is not None
    )


_ALONG: frozenset[Concept] = frozenset({"qa", "docs", "review", "security", "monitoring", "cicd"})
