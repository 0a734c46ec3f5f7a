"""The passive: "the docs should be updated" asks for work, "cards must be refused" limits it."""

import re

from domain.clause import Clause, ClauseKind
from planner.rules.kinds.leanings import kind_of
from planner.rules.lexicon import DONE_TO
from planner.rules.reading.phrase import Said
from planner.rules.verbal import made
from planner.rules.wordlist import wordlist
from planner.rules.words import lemma_of, with_particle

PASSIVE = re.compile(
    r"^(?P<subject>(?:[^,;]){2,90}?)\s+(?:should|must|shall|needs? to|has to|have to|ought to|will need to|is to|are to|will)\s+(?:also\s+|then\s+|always\s+|first\s+|all\s+|only\s+|now\s+|not\s+)?(?:be\s+|get\s+)(?:\w+ly\s+|also\s+|first\s+|then\s+)?(?P<participle>\w+)\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
PASSIVE_NOW = re.compile(
    r"(?P<subject>(?:[^,;]){2,90}?)\s+(?:is|are|gets|get|has been|have been)\s+(?:also\s+|all\s+|\w+ly\s+)?(?P<participle>(?!not\b)\w+(?:ed|en|wn|lt|nt|ut|ne))\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)


def is_work(found: re.Match[str]) -> bool:
    """A passive asks for work where it speaks of a thing that is delivered, or of what operators do to one."""
    lemma = lemma_of(found["participle"].lower())
    if lemma in OPERATED or _is_operated(lemma, found):
        return True
    if re.match(r"(?:every|each|all|any|no)\b", found["subject"], re.IGNORECASE):
        return False
    if lemma in DONE_TO:
        done = kind_of(lemma, found["rest"])
        return done is not None and done.score >= 3.5
    if lemma not in _DELIVERED:
        return False
    kind = kind_of(None, found["subject"])
    return kind is not None and kind.score >= 2.5


def _is_operated(lemma: str, found: re.Match[str]) -> bool:
    """“The old API should be switched off by June”: done to a thing that is there, once."""
    particles = _OPERATED_WITH.get(lemma)
    if particles is None or not _DEFINITE.match(found["subject"]) or _HABITUAL.search(found["rest"]):
        return False
    if lemma in _TO_PEOPLE and not found["subject"].rstrip().endswith("s"):
        return False
    first = (found["rest"].split() or [""])[0].strip(",.;").lower()
    return not particles or first in particles


_DEFINITE = re.compile(r"(?:the|our|all|both|these|those|its|their)\b|[A-Z][a-z]+(?:['’]s)? [a-z]", re.ASCII)
_HABITUAL = re.compile(
    r"\b(?:when|if|whenever|every|each|automatically|within|per|after (?:\w+ ){0,2}(?:attempts?|days?|minutes?|hours?|failures?)|unless|by default)\b",
    re.IGNORECASE,
)
_TO_PEOPLE: frozenset[str] = wordlist(
    "refund reimburse compensate tell inform notify warn email mail lock block suspend ban"
)
"""One person to whom it is done stands for whoever it may be: "the customer should be informed"."""

_OPERATED_WITH: dict[str, frozenset[str]] = {
    "switch": frozenset({"off", "over"}), "turn": frozenset({"off", "on"}), "take": frozenset({"down", "offline", "away", "out"}),
    "tear": frozenset({"down"}), "shut": frozenset({"down", "off"}), "cut": frozenset({"over", "off"}), "move": frozenset({"over"}),
    "point": frozenset({"at", "to"}), "retire": frozenset(), "decommission": frozenset(), "block": frozenset(), "lock": frozenset(),
    "suspend": frozenset(), "ban": frozenset(), "reboot": frozenset(), "scale": frozenset(), "resize": frozenset(), "grant": frozenset(),
    "refund": frozenset(), "reimburse": frozenset(), "compensate": frozenset(), "reissue": frozenset(), "renew": frozenset(), "invalidate": frozenset(),
    "patch": frozenset(), "drain": frozenset(), "launch": frozenset(), "ship": frozenset(), "invite": frozenset(), "evict": frozenset(), "flush": frozenset(),
    "tell": frozenset(), "inform": frozenset(), "notify": frozenset(), "warn": frozenset(), "email": frozenset(), "mail": frozenset(),
}  # fmt: skip

_DELIVERED: frozenset[str] = wordlist(
    "update write add document review create implement configure rewrite refactor rename extend build move replace monitor "
    "fix test audit notify inform announce send"
)
"""In the passive these ask for work where their subject is a thing that is delivered: "the docs should be updated"."""

OPERATED: frozenset[str] = wordlist(
    "deploy remove delete migrate rotate publish provision upgrade install release archive scan backfill drop truncate "
    "restart roll revoke disable enable wipe purge restore stop terminate reset erase destroy export deprovision"
)
"""In the passive these ask for work whatever their subject is."""


def by_participle(said: Said, found: re.Match[str], kind: ClauseKind) -> Clause:
    lemma = lemma_of(found["participle"].lower())
    joined = with_particle(lemma, (found["rest"].split() or [""])[0].strip(",.;").lower())
    if joined is not None:
        behind = found["rest"].split(maxsplit=1)
        return made(said.text, joined, " ".join([found["subject"], *behind[1:]]), kind)
    return made(said.text, lemma, found["subject"] + found["rest"], kind)
