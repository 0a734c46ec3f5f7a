"""What somebody or something gets: “the page gets a button”, “whatever was unclear gets reworded”."""

import re

from planner.rules.concepts import Concept
from planner.rules.kinds.kind import Kind
from planner.rules.kinds.leanings import kind_of
from planner.rules.people import PEOPLE
from planner.rules.reading.coming import as_ordered
from planner.rules.reading.passives import OPERATED
from planner.rules.reading.phrase import Phrase, Said, phrased
from planner.rules.reading.telling import GETS, STATES, Told
from planner.rules.verbal import made
from planner.rules.wordlist import wordlist
from planner.rules.words import form_of, lemma_of, words


def given(said: Said, told: Told) -> Phrase | None:
    """“The page gets a button”, "everybody who has not enrolled gets a mail": somebody gives it."""
    if told.carrier not in GETS:
        return None
    row = words(told.rest)
    if row and (form_of(row[0].lower) or ("", ""))[1] == "ed":
        return by_passive(said, told.subject, row[0].lower, told.rest[row[0].end :])
    if _FAULTS.search(told.rest):
        return None
    soon = said.planned or _SOON.search(told.rest) is not None
    people = _PEOPLE.match(told.subject) is not None
    target = f"{told.rest} to {told.subject}"
    if people and (said.planned or _IN_PARTICULAR.match(told.subject)) and _MESSAGES.match(told.rest):
        return _stated(said, "send", target)
    if soon:
        return _stated(said, "roll out", target)
    whose = None if people else kind_of(None, told.subject)
    if whose is not None and is_sure(whose, 2.0) and whose.concept in PARTS and _NEW.match(told.rest):
        return phrased(of_part(said, whose.concept), made(said.text, "add", target))
    return None


def _stated(said: Said, verb: str, target: str) -> Phrase:
    return phrased(said._replace(mood="statement"), made(said.text, verb, target))


_FAULTS = re.compile(
    r"\b(?:errors?|exceptions?|time-?outs?|\d{3}s?|crash\w*|duplicates?|wrong|blank|empty|stale|broken|slow\w*|stuck|worse|better|bigger|old)\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    rf"(?:everybody|everyone|anybody|anyone|those|whoever|all (?:of them|others)|(?:the |all |each |every |our )?(?:affected |concerned |remaining |other |\d[\d,.]* )*(?:{PEOPLE}))\b",
    re.IGNORECASE,
)
_IN_PARTICULAR = re.compile(
    r"(?:everybody|everyone|those|whoever|all|each|every|the (?:affected|concerned|remaining|other|\d))\b",
    re.IGNORECASE,
)
_MESSAGES = re.compile(
    r"(?:an?|the|one|another|our) (?:[\w-]+ ){0,3}?(?:e-?mails?|mails?|letters?|notices?|messages?|sms|notifications?|invitations?|reminders?|announcements?|newsletters?)\b",
    re.IGNORECASE,
)
_NEW = re.compile(r"(?:an?|one|two|three|its own|their own|new|another|some)\b", re.IGNORECASE)
_SOON = re.compile(
    r"\b(?:on|by|from) (?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d{1,2}(?:st|nd|rd|th)?\b|the \d)|\b(?:tomorrow|tonight|next week|next month)\b",
    re.IGNORECASE,
)


def by_passive(
    said: Said, subject: str, participle: str, rest: str, *, planned: bool = False
) -> Phrase | None:
    lemma, tense = form_of(participle) or ("", "")
    if tense != "ed" or not (lemma in OPERATED or lemma in _REDONE or (planned and lemma not in STATES)):
        return None
    return as_ordered(said, (lemma_of(participle), f"{subject}{rest}"))


_REDONE: frozenset[str] = wordlist(
    "reword rewrite rework correct replace renew resend reissue refund repair merge raise lower extend shorten translate update"
)


def is_sure(kind: Kind | None, least: float) -> bool:
    return kind is not None and kind.score >= least


def of_part(said: Said, concept: Concept) -> Said:
    return said._replace(mood="statement", team=concept)


PARTS: frozenset[Concept] = frozenset({"backend", "frontend", "database", "infra", "cicd", "docs"})
