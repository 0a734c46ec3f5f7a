"""Work that somebody is to do or to be able to do: "have it reviewed", "let users export"."""

import re
from collections.abc import Sequence

from domain.clause import Clause
from planner.rules.lexicon import DETERMINERS, PREPOSITIONS
from planner.rules.nominal import done_deed
from planner.rules.noun_or_verb import noun_too
from planner.rules.people import ENABLED, PEOPLE
from planner.rules.reading.coming import as_ordered
from planner.rules.reading.deliverables import things_below
from planner.rules.reading.passives import PASSIVE_NOW, by_participle, is_work
from planner.rules.reading.phrase import Phrase, Said, phrased
from planner.rules.reading.wording import is_form
from planner.rules.verbal import made, verbal
from planner.rules.words import Word, words


def passed_on(said: Said) -> Phrase | None:
    """“Have it reviewed”, "have the team review it", "make sure it is reviewed"."""
    done = _HAVE_DONE.match(said.rest) if _doing(said.row) is None else None
    if done and is_form(done["participle"], "ed"):
        order = done_deed(said.rest.split(maxsplit=1)[1])
        return as_ordered(said, order) if order else phrased(said, by_participle(said, done, "action"))
    informed = _INFORM.match(said.rest)
    if informed:
        return phrased(said, made(said.text, "inform", f"{informed['who']} {informed['what']}"))
    enabled = ENABLED.match(said.rest)
    if enabled and things_below(said.rest):
        return phrased(said._replace(mood="wish"), made(said.text, "need", things_below(said.rest)))
    if enabled:
        row = words(said.rest[enabled.end() :])
        return (
            phrased(said._replace(mood="story"), verbal(said.text, said.rest[enabled.end() :], row, 0))
            if row
            else None
        )
    handed = _LET_HAVE.match(said.rest)
    if handed:
        return as_ordered(said, ("roll out", f"{handed['what']} to {handed['who']}"))
    delegated = _delegated(said)
    if delegated:
        return phrased(said, delegated)
    ensured = _ENSURE.match(said.rest)
    passive = PASSIVE_NOW.match(said.rest, ensured.end()) if ensured else None
    if passive:
        return phrased(said, by_participle(said, passive, "action" if is_work(passive) else "constraint"))
    return None


_INFORM = re.compile(
    r"^let (?P<who>(?!(?:us|me|it|him|her|#\S+|everyone|everybody)\b|#|(?:the |our )?(?:\w+ )?(?:team|channel|ops|on-?call|support|sales|management|boss|reporter)\b)[^,;]{2,60}?) know\b(?P<what>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_LET_HAVE = re.compile(
    rf"let (?P<who>{PEOPLE}|them|everyone|everybody|anyone|all of them|the (?:rest|others)) have (?P<what>(?:it|this|the new|the|version|v?\d)\b.*)$",
    re.IGNORECASE | re.DOTALL,
)
_HAVE_DONE = re.compile(
    r"^(?:have|get|see(?!\s+to it))\s+(?P<subject>(?:[^,;]){2,80}?)\s+(?P<participle>(?:\w+-)?\w+(?:ed|en|wn|lt|nt|ut))\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ENSURE = re.compile(r"(?:make sure|ensure|guarantee|see to it|be sure)\s+(?:that\s+)?", re.IGNORECASE)


def _delegated(said: Said) -> Clause | None:
    """“Have the security team review it”: somebody is to do something."""
    at = _doing(said.row)
    if at is None:
        return None
    first = said.row[0].lower
    if first == "get" and said.row[at - 1].lower != "to":
        return None
    who = said.rest[said.row[1].start : said.row[at - 1].end].removesuffix(" to")
    rest = said.rest[said.row[at].start :]
    inner = verbal(said.text, rest, words(rest), 0)
    return inner.model_copy(update={"object": f"{inner.object} by {who}"})


def _doing(row: Sequence[Word]) -> int | None:
    """Where what somebody is to do begins: "have two colleagues | review it", "ask legal to | check it"."""
    if len(row) < 4 or row[0].lower not in {"have", "get", "let", "ask", "tell"}:
        return None
    for at in range(2, min(7, len(row) - 1)):
        told = row[at - 1].lower == "to"
        plain = (
            not noun_too(row[at].lower)
            or told
            or row[at + 1].lower in DETERMINERS | {"that", "if", "whether"}
        )
        if (
            row[at].is_word
            and is_form(row[at].lower, "base")
            and plain
            and row[at].lower not in {"team", "lead", "leads"}
        ):
            return at
        if not row[at].is_word or (row[at].lower in PREPOSITIONS and not told and row[at].lower != "to"):
            return None
    return None
