"""The passive: "the docs should be updated" asks for work, "cards must be refused" limits it."""

import re

from domain.clause import Clause, ClauseKind
from planner.rules.kinds.leanings import kind_of
from planner.rules.lexicon import DONE_TO
from planner.rules.reading.phrase import Said
from planner.rules.verbal import made
from planner.rules.wordlist import wordlist
from planner.rules.words import lemma_of

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
    if lemma in OPERATED:
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
    return made(said.text, lemma, found["subject"] + found["rest"], kind)
