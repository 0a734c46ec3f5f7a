"""A verb said once for several steps: “upgrade staging, then production” upgrades both, one after the other."""

import re

from planner.rules.kinds.leanings import kind_of
from planner.rules.lexicon import DETERMINERS, FINITE
from planner.rules.unheard import unheard_verb
from planner.rules.verbs import verb_at
from planner.rules.wordlist import wordlist
from planner.rules.words import words


def filled(sentence: str) -> str:
    """The same with the verb in each step: “upgrade staging, then upgrade production”."""
    if not _MAY.search(sentence):
        return sentence
    parts = _JOINT.split(_FIRST.sub(r"\1, then \2", sentence))
    if len(parts) < _TWO_STEPS:
        return sentence
    told = parts[0]
    for joint, rest in zip(parts[1::2], parts[2::2], strict=True):
        verb = _verb_of(told) if _only_names(rest) else None
        thing = "them " if verb is not None and _AT_A_PLACE.match(rest) else ""
        told += f"{joint}{verb} {thing}{rest}" if verb is not None else f"{joint}{rest}"
    return told if told != "".join(parts) else sentence


_MAY = re.compile(r"\b(?:then|afterwards|after that|first)\b", re.IGNORECASE)
_JOINT = re.compile(r"((?:\s*,\s*|\s+)(?:and\s+)?(?:then|afterwards|after that)\s+)", re.IGNORECASE)
_TWO_STEPS = 3
_FIRST = re.compile(
    r"(\bfirst),? and ((?:(?:the|our|all|its) [\w -]{2,40}?|production|staging)) (?:afterwards|later|second|last|next|after that|thereafter)\b",
    re.IGNORECASE,
)
"""“… the consumers first and the producers afterwards”."""


def _verb_of(told: str) -> str | None:
    """The verb of the last step so far, as it stands there."""
    for piece in _PIECES.split(told)[::-1]:
        row = words(piece)
        at = verb_at(row, 0, initial=True) if row else None
        if at is not None:
            return None if row[at].lower in _WISHES else row[at].text.lower()
    return None


_PIECES = re.compile(r"\s*[,;:]\s*|\s+and\s+")
_WISHES: frozenset[str] = wordlist("need want let have get make see check do")


def _only_names(rest: str) -> bool:
    """Whether a step only names what it is done to: a thing with its article, a place, a thing that is delivered."""
    row = words(_HOW.sub("", _ENDS.split(rest, maxsplit=1)[0]))
    if not 0 < len(row) <= _LONGEST or any(word.lower in FINITE for word in row):
        return False
    if row[0].lower in _JOINS or verb_at(row, 0, initial=True) is not None or unheard_verb(row, 0):
        return False
    if row[0].lower in _THINGS or _AT_A_PLACE.match(rest) or row[0].lower in _PLACES:
        return True
    kind = kind_of(None, " ".join(word.text for word in row))
    return row[0].lower not in DETERMINERS and kind is not None and kind.score >= _SURE


_ENDS = re.compile(r"\s*[,;:.(]\s*|\s+(?:and|once|when|if|after|before|so that|because)\s+", re.IGNORECASE)
_HOW = re.compile(r"^(?:\w+ly\s+)+")
_JOINS: frozenset[str] = wordlist("and or but so")
_AT_A_PLACE = re.compile(r"(?:in|on|to) (?:production|prod|staging|live)\b", re.IGNORECASE)
_LONGEST = 8
_SURE = 3.5
_THINGS: frozenset[str] = wordlist("the a an our its their all")
_PLACES: frozenset[str] = wordlist("production prod staging live preproduction preprod")
