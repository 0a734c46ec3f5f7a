"""The terms of an object, each by how much it says of the kind of work."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from planner.rules.concepts import vocabulary
from planner.rules.lexicon import DETERMINERS, NOUN_TOO, PREPOSITIONS, VERBS
from planner.rules.words import Word, words


@lru_cache(maxsize=2_048)
def terms(target: str, *, seeks: bool = False) -> tuple[tuple[str, float], ...]:
    """The terms of an object, the head of its first noun phrase counting most.

    `seeks`: of "check the endpoint for injection flaws" what is sought counts as much.
    """
    row = [
        word
        for word in words(target)
        if (word.is_word and not _NUMBER.fullmatch(word.lower) and not _manner(word)) or word.text in ",(:"
    ]
    while (
        len(row) > 2
        and row[0].lower in _ARTICLES | _AMOUNTS
        and (row[0].lower in _AMOUNTS or row[1].lower in _AMOUNTS)
    ):
        row = row[2 if row[0].lower in _AMOUNTS and row[1].lower == "of" else 1 :]
    taken: list[tuple[str, float]] = []
    index = 0
    for stop in [*(i for i, word in enumerate(row) if i and _breaks(word, row[i + 1 : i + 2])), len(row)]:
        sought = seeks and index < len(row) and row[index].lower in {"for", "that", "whether"}
        shares = (_HEAD_SHARE, _MODIFIER_SHARE) if not taken or sought else (_TAIL_SHARE, _ASIDE_SHARE)
        while index < stop:
            length = _length(row, index, stop)
            share = shares[0] if index + length >= stop else shares[1]
            taken.append((_term(row[index : index + length]), share * (1.0 if length == 1 else 1.1)))
            index += length
    return tuple(taken)


_HEAD_SHARE = 1.0
_MODIFIER_SHARE = 0.55
_TAIL_SHARE = 0.45
_ASIDE_SHARE = 0.25
_CONTENT_BREAKS = PREPOSITIONS | {
    "that",
    "which",
    "who",
    "so",
    "because",
    "if",
    "when",
    "where",
    "to",
    "whether",
    ",",
    "(",
    ":",
    "and",
    "or",
}
_ARTICLES: frozenset[str] = frozenset({"the", "a", "an"})
_AMOUNTS: frozenset[str] = frozenset({"number", "amount", "majority", "rest", "size", "share"})
"""“The number of API calls” is about calls."""

_NUMBER = re.compile(r"v?\d[\d.,:/-]*%?")


def _manner(word: Word) -> bool:
    """“Load the avatars lazily”: how it is done is no thing."""
    return len(word.lower) > 4 and word.lower.endswith("ly") and word.lower not in vocabulary().nouns


def _breaks(word: Word, following: Sequence[Word]) -> bool:
    """Whether a noun phrase ends here: at small words, and at a verb inside ("make the importer tolerate gaps")."""
    if word.lower in _CONTENT_BREAKS:
        return True
    known = vocabulary().nouns
    if (
        word.lower.endswith("ing")
        and following
        and following[0].lower in DETERMINERS
        and word.lower not in known
    ):
        return True  # "a banner announcing the downtime"
    inside = word.lower in VERBS and word.lower not in NOUN_TOO and word.lower not in known
    return inside and not (following and _term([following[0]]) in known)


def _length(row: list[Word], index: int, stop: int) -> int:
    """How many words the term has that begins here: the longest known one."""
    for length in (3, 2):
        said = row[index : index + length] if index + length <= stop else []
        if said and _begins(said) and _term(said) in vocabulary().nouns:
            return length
    return 1


def _begins(row: list[Word]) -> bool:
    """Whether a term of several words may begin so: most words begin none, and looking each up takes long."""
    first = row[0].lower
    return first.removesuffix("'s") in _firsts() or any("-" in word.lower for word in row)


@cache
def _firsts() -> frozenset[str]:
    return frozenset(term.split(" ")[0] for term in vocabulary().nouns if " " in term)


def _term(row: list[Word]) -> str:
    return _named(row[0].lower if len(row) == 1 else " ".join([word.lower for word in row]))


@lru_cache(maxsize=8_192)
def _named(said: str) -> str:
    """A term as the vocabulary has it; as it stands where it has none."""
    term = " ".join([word.removesuffix("'s") for word in said.split(" ")])
    if term in vocabulary().nouns:
        return term
    if term.removesuffix("s") in vocabulary().nouns:
        return term.removesuffix("s")
    known = [part for part in term.split("-")[::-1] if part in vocabulary().nouns] if "-" in term else []
    return known[0] if known else term
