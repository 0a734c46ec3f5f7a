"""Which words of a need say what is to be done, and which only say with or to what."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from routing.words import CAMEL, STOP, WORD, stem, words

VERB = 1.3
LATER = 0.6
GIVEN = 0.4

_TURNING = "about after against before by for from in into of on that through to when which within without"
_TURNS = frozenset(_TURNING.split())
"""From such a word on, the text tells circumstances: "classify the image | from the last step"."""

_RETURNS = frozenset({"using", "with", "via"})
"""What follows names the means, which is often the agent itself: "… | using the text translator"."""

_DETERMINERS = frozenset(["a", "all", "an", "any", "its", "our", "some", "the", "their", "these", "this"])
_SENTENCE_END = re.compile(r"[.;:!?\n]+\s+|\n")


class Term(NamedTuple):
    word: str
    stem: str
    weight: float


def terms(text: str, tags: Iterable[str] = ()) -> list[Term]:
    """The words that count, each with its weight; of a word said twice the heavier one."""
    found: dict[str, Term] = {}
    asked = (Term(word, stem(word), VERB) for tag in tags for word in words(tag))
    said = (term for sentence in _SENTENCE_END.split(text) for term in _of_sentence(sentence))
    for term in chain(asked, said):
        known = found.get(term.stem)
        if known is None or known.weight < term.weight:
            found[term.stem] = term
    return list(found.values())


def _of_sentence(sentence: str) -> Iterator[Term]:
    base, first, previous = 1.0, True, ""
    for match in WORD.finditer(CAMEL.sub(" ", sentence)):
        word = match.group().casefold()
        if word in _RETURNS:
            base = 1.0
        elif word in _TURNS and not first:
            base = LATER
        if word not in STOP:
            # "the translated text" is something given; translating it was somebody else's work
            given = previous in _DETERMINERS and word.endswith("ed")
            weight = VERB if first else min(base, GIVEN) if given else base
            yield Term(word, stem(word), weight)
            first = False
        previous = word
