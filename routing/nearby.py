"""Known words that look like an unknown one, by shared letter groups: for misspelt and compound words."""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from routing.words import grams

ALIKE = 0.5
"""Dice coefficient from which two words are taken to be related."""

NEAREST = 2
SHORTEST = 4
BUDGET = 300
"""List entries read per unknown word, rare letter groups first."""


class Neighbours:
    """Finds words of a vocabulary by their letters."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._words: dict[str, list[str]] = {}
        for word in vocabulary:
            for gram in dict.fromkeys(grams(word)):
                self._words.setdefault(gram, []).append(word)
        self._grams = lru_cache(maxsize=8_192)(lambda known: frozenset(grams(known)))
        self.of = lru_cache(maxsize=4_096)(self._of)

    def _of(self, word: str) -> tuple[tuple[str, float], ...]:
        """The nearest known words, each with its likeness in 0–1; none where nothing is alike."""
        if len(word) < SHORTEST:
            return ()
        own = frozenset(grams(word))
        lists = sorted((self._words[gram] for gram in own if gram in self._words), key=len)
        shared: Counter[str] = Counter()
        left = BUDGET
        for known in lists:
            left -= len(known)
            if left < 0:
                break
            shared.update(known)
        likely = sorted(shared, key=lambda other: (-shared[other], other))[: NEAREST * 2]
        alike = sorted(
            ((_dice(own, self._grams(other)), other) for other in likely),
            key=lambda pair: (-pair[0], pair[1]),
        )
        return tuple((other, likeness) for likeness, other in alike[:NEAREST] if likeness >= ALIKE)


def _dice(own: frozenset[str], others: frozenset[str]) -> float:
    return 2 * len(own & others) / (len(own) + len(others))
