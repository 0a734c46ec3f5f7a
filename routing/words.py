"""Text as the words and letter groups that routing compares."""

import re
from collections.abc import Iterator
from functools import lru_cache

_SILENT = (
    "a all also an and any are as at be been before being but by can could d did do does done each every for"
    " from get had has have he her him his how i if in into is it its just let ll make may me might more most"
    " must my need no not now of on one only or our out own per please re s shall she should so some such"
    " sure t than that the their them then there these they this those to too up us ve very want was we were"
    " what when where which while who whose why will with would you your"
)

STOP = frozenset(_SILENT.split())
WORD = re.compile(r"[^\W_]+")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_ENDINGS = (
    ("ication", "icat"),
    ("ization", "iz"),
    ("isation", "iz"),
    ("ation", "at"),
    ("ising", "iz"),
    ("izing", "iz"),
    ("ised", "iz"),
    ("ized", "iz"),
    ("ise", "iz"),
    ("ize", "iz"),
    ("ity", "iti"),
    ("ingly", ""),
    ("edly", ""),
    ("ing", ""),
    ("ied", "i"),
    ("er", ""),
    ("ed", ""),
    ("ly", ""),
)

GRAM_SIZES = (3, 4)


def words(text: str) -> Iterator[str]:
    """Words in lower case, split at underscores, hyphens and camelCase; words that say nothing are left out."""
    for match in WORD.finditer(CAMEL.sub(" ", text)):
        word = match.group().casefold()
        if word not in STOP:
            yield word


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """What the forms of an English word share: `deploys`, `deployed`, `deployment` are one.

    A light suffix stripper; it errs on joining too little, since letter groups join the rest.
    """
    if len(word) <= 3 or not word.isascii():
        return word
    word = _singular(word)
    for ending, rest in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(rest) >= 3:
            word = word[: len(word) - len(ending)] + rest
            break
    return _trimmed(word)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _trimmed(word: str) -> str:
    if word.endswith("ment") and len(word) > 6:
        word = word[:-4]
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    if word.endswith("y") and len(word) > 3:
        word = word[:-1] + "i"
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    if word.endswith("at") and len(word) > 5:
        word = word[:-2]
    return word


@lru_cache(maxsize=16_384)
def grams(word: str) -> tuple[str, ...]:
    """The word's letter groups, its ends marked, so that misspelt and compound words still meet."""
    marked = f"^{word}$"
    return tuple(
        marked[start : start + size] for size in GRAM_SIZES for start in range(len(marked) - size + 1)
    )
