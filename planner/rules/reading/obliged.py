"""What a thing has to do, or has to have done to it: “the limits have to go up”, “the handbook should say how”."""

import re

from planner.rules.concepts import Concept
from planner.rules.kinds.leanings import kind_of
from planner.rules.people import PEOPLE
from planner.rules.reading.bestowed import PARTS, given, is_sure, of_part
from planner.rules.reading.coming import as_ordered
from planner.rules.reading.phrase import Phrase, Said, phrased
from planner.rules.reading.telling import STATES, Told
from planner.rules.verbal import made
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, form_of, words


def must(said: Said, told: Told) -> Phrase | None:
    """“The limits have to go up”, "two failures in a row should page on-call"."""
    row = _infinitive(told)
    if not row:
        return None
    lemma, tense = form_of(row[0].lower) or (row[0].lower, "base")
    rest = told.rest[row[0].start :]
    if lemma in _TELLS or row[0].lower in _TELLS:
        return _written(said, told.subject, rest)
    if lemma in _COMES_BY and re.match(PEOPLE, told.subject, re.IGNORECASE):
        return given(said, told._replace(carrier="gets", rest=rest[len(lemma) :].strip()))
    if lemma == "become" and (kind := kind_of(None, told.subject)) is not None and kind.concept == "database":
        return as_ordered(said, ("change", f"{told.subject} to {rest[len('become') :].strip()}"))
    if tense != "base" or lemma in STATES or lemma == "be":
        return None
    way = moved(said, told.subject, rest)
    if way is not None:
        return way
    if lemma == "get":
        return given(said, told._replace(carrier="gets", rest=rest[len("get") :].strip()))
    least = 1.5 if told.carrier in {"has", "have"} else 2.0
    return _by_thing(said, told.subject, lemma, rest, least)


def _infinitive(told: Told) -> tuple[Word, ...]:
    row = words(told.rest)
    while row and row[0].lower in {"to", "also", "then", "first", "now", "all"}:
        row = row[1:]
    bare = (
        told.carrier in {"has", "have", "needs", "need", "ought"}
        and "to" not in told.rest.lower().split()[:3]
    )
    return () if bare else row


def _by_thing(said: Said, subject: str, lemma: str, rest: str, least: float) -> Phrase | None:
    """“The pass service has to hand out signed files”: work on the thing that is to do it."""
    if re.match(rf"{PEOPLE}\b", subject, re.IGNORECASE) or _EVERY.match(subject):
        return None
    whose, what = kind_of(None, subject), kind_of(lemma, rest.partition(" ")[2])
    if is_sure(whose, least) and whose is not None and whose.concept in PARTS:
        return phrased(
            of_part(said, whose.concept), made(said.text, lemma, f"{rest.partition(' ')[2]} in {subject}")
        )
    if is_sure(what, 3.5) and what is not None and what.concept in _TOLD_BY_DEED:
        return phrased(
            said._replace(mood="statement"), made(said.text, lemma, f"{rest.partition(' ')[2]} for {subject}")
        )
    return None


def _written(said: Said, subject: str, rest: str) -> Phrase | None:
    """“The handbook should say what to do": a text that is to hold it."""
    kind = kind_of(None, subject)
    if not is_sure(kind, 2.5) or kind is None or kind.concept != "docs":
        return None
    told = rest.partition(" ")[2]
    return phrased(of_part(said, "docs"), made(said.text, "document", f"{told} in {subject}"))


_COMES_BY: frozenset[str] = wordlist("have see use get receive")
"""“Customers in Italy should have the new basket from Monday on”."""

_TELLS: frozenset[str] = wordlist("say tell explain describe mention cover list state show name")
_EVERY = re.compile(r"(?:every|each|all|any)\b", re.IGNORECASE)
_TOLD_BY_DEED: frozenset[Concept] = frozenset({"monitoring"})


def moved(said: Said, subject: str, rest: str) -> Phrase | None:
    """“… have to go up”, "… has to come out of the service": what moves is moved by somebody."""
    found = _WAY.match(rest)
    if found is None:
        return None
    lemma = next(lemma for name, lemma in _WAYS.items() if found[name])
    behind = rest[found.end() :].strip()
    linked = f" {_LINKS.get(lemma, '')} {behind}" if behind else ""
    return phrased(said._replace(mood="statement"), made(said.text, lemma, f"{subject}{linked}"))


_WAY = re.compile(
    r"(?:go|goes|come|comes|move|moves|get|gets) (?:(?:all |right )?(?P<out>out of|off|away(?: from)?)|(?P<up>up)|(?P<down>down)|(?P<live>live|out(?! of)|to production|into production)"
    r"|(?P<back>back)|(?P<to>over to|to|onto|into|in|on(?= (?:the|our|a|an)\b)))\b|(?P<gone>go(?=\s*$)|disappear|vanish)\b",
    re.IGNORECASE,
)
_WAYS: dict[str, str] = {
    "out": "remove", "gone": "remove", "up": "raise", "down": "lower", "live": "release", "back": "restore", "to": "move",
}  # fmt: skip
_LINKS: dict[str, str] = {"remove": "from", "move": "to", "restore": "to"}
