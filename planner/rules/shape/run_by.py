"""Who runs in production what others wrote: “run it in production” of a job that deletes accounts."""

import re

from planner.rules.ask import Ask
from planner.rules.concepts import Concept
from planner.rules.kinds.kind import APART, Leanings, mixed, strongest
from planner.rules.kinds.leanings import leanings
from planner.rules.shape.scene import Scene
from planner.rules.wordlist import wordlist
from planner.rules.words import lemma_of


def run_in_production(own: Leanings, scene: Scene) -> Leanings:
    """What is run tells whose it is; the request as a whole does where the words only point at it."""
    if not scene.in_production or scene.verb not in _RUN or _kept(own):
        return own
    return mixed((own, 1.0), (_by_what_is_run(scene), 1.0))


def _by_what_is_run(scene: Scene) -> Leanings:
    if not scene.ask.anaphor and scene.verb != "apply":
        return _RELEASED
    spoken = mixed((scene.theme, 1.0), *((_inside(ask), 1.0) for ask in scene.done if not ask.anaphor))
    return {concept: weight for concept, weight in spoken.items() if concept in _KEEPERS} or _RELEASED


def _kept(own: Leanings) -> bool:
    """“Apply it on the production database”: its own words say whose it is."""
    kind = strongest(own)
    return kind is not None and kind.concept in _KEEPERS and kind.lead >= APART


def _inside(ask: Ask) -> Leanings:
    """What a thing that is written does when it is run: "a script | that merges duplicates"."""
    found = _DOES.search(ask.clause.object)
    verb = lemma_of(found[1].lower()) if found else None
    return leanings(verb, found[2]) if found and verb else leanings(None, ask.clause.object)


_RUN: frozenset[str] = wordlist("run execute apply start")
_RELEASED: Leanings = {"release": 2.0}
_KEEPERS: frozenset[Concept] = frozenset({"database", "infra"})
"""Keepers of data, and of machines."""

_DOES = re.compile(r"\b(?:that|which|to)\s+(?:\w+s and )?(\w+)\s+(.+)$", re.IGNORECASE)
