"""The kind of work that words speak for, and how strongly."""

from collections.abc import Mapping
from typing import NamedTuple

from planner.rules.concepts import Concept

SURE = 3.0
"""From this score on, and `CLEAR` ahead of the next, a kind of work is taken as asked for."""

CLEAR = 0.8
NAMES_A_THING = 1.6
"""From this score on the words name a thing that is delivered, not only a wish."""

SPOKEN = 1.5
APART = 0.4
Leanings = Mapping[Concept, float]
"""How strongly words speak for each kind of work."""


class Kind(NamedTuple):
    """The kind of work, how strongly the words speak for it, and how far ahead of the next kind it is."""

    concept: Concept
    score: float
    lead: float

    @property
    def sure(self) -> bool:
        """Its own words settle it, whatever is said around them."""
        return self.score >= SURE and self.lead >= CLEAR

    @property
    def spoken(self) -> bool:
        """With all that is said around it, it is this kind rather than another."""
        return self.score >= SPOKEN and self.lead >= APART


def strongest(leaning: Leanings) -> Kind | None:
    """The kind of work most spoken for; nothing where no word speaks for any."""
    if not leaning:
        return None
    best = max(leaning, key=leaning.__getitem__)
    second = max((weight for concept, weight in leaning.items() if concept is not best), default=0.0)
    return Kind(best, leaning[best], leaning[best] - second)


def mixed(*weighted: tuple[Leanings, float]) -> dict[Concept, float]:
    """Leanings of several texts, each by its share."""
    scores: dict[Concept, float] = {}
    for leaning, share in weighted:
        for concept, weight in leaning.items():
            scores[concept] = scores.get(concept, 0.0) + weight * share
    return scores
