"""How strongly a verb and its object speak for each kind of work."""

import re
from functools import lru_cache

from planner.rules.concepts import Concept, vocabulary
from planner.rules.kinds.cues import cued
from planner.rules.kinds.families import related
from planner.rules.kinds.kind import SURE, Kind, Leanings, strongest
from planner.rules.kinds.terms import terms
from planner.rules.nominal import named_deed

TELLING = 4.5
"""A verb of this weight says what is done, whatever it is done to: "test the table" is testing."""

_MUFFLED = 0.7


@lru_cache(maxsize=2_048)
def leanings(verb: str | None, target: str) -> Leanings:
    """How strongly a verb and its object speak for each kind of work."""
    if verb in _PARTED and (ends := _OFF.search(target)):
        return leanings(f"{verb} {ends[1].lower()}", target[: ends.start()])
    rehearsed = target if verb in _REHEARSES else _rehearsed(target) if verb is None else None
    if rehearsed is not None and (deed := named_deed(rehearsed)) is not None:
        tried = leanings(*deed)
        if max(tried.values(), default=0.0) >= SURE:
            return tried
    scores: dict[Concept, float] = dict(vocabulary().verbs.get(verb or "", {}))
    for concept, weight in cued(verb, target):
        scores[concept] = scores.get(concept, 0.0) + weight
    for concept, weight in related(verb, target):
        scores[concept] = max(scores.get(concept, 0.0), weight)
    telling = [concept for concept, weight in scores.items() if weight >= TELLING]
    for term, share in terms(target, seeks=verb in _SEEKS):
        for concept, weight in vocabulary().nouns.get(term, {}).items():
            heard = share if not telling or concept in telling else share * _MUFFLED
            scores[concept] = scores.get(concept, 0.0) + weight * heard
    return scores


_REHEARSES: frozenset[str | None] = frozenset({"rehearse", "practise", "practice"})
"""“Rehearse the rollback”: by whoever will roll back."""


def _rehearsed(target: str) -> str | None:
    """“Trial run of the upgrade”: the deed that is tried."""
    found = _TRIAL.match(target)
    return target[found.end() :] if found else None


_TRIAL = re.compile(
    r"(?:an? |the )?(?:(?:dress |full )*rehearsal|trial run|dry run) (?:of|for) ", re.IGNORECASE
)

_PARTED: frozenset[str] = frozenset({"switch", "turn", "shut", "power", "take", "tear"})
_OFF = re.compile(r"\s+(off|down)\s*$", re.IGNORECASE)
"""“Switch Jenkins off”: the verb's second part stands behind its object."""

_SEEKS: frozenset[str] = frozenset(
    {
        "audit",
        "review",
        "assess",
        "check",
        "scan",
        "search",
        "inspect",
        "analyze",
        "analyse",
        "look",
        "examine",
        "test",
        "monitor",
    }
)


@lru_cache(maxsize=2_048)
def kind_of(verb: str | None, target: str) -> Kind | None:
    """The kind of work that a verb and its object ask for by themselves."""
    return strongest(leanings(verb, target))
