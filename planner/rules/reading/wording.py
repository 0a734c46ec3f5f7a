"""The words of a segment: their forms, and which of them are its own."""

from collections.abc import Sequence

from planner.rules.lexicon import FINITE, NOUN_TOO
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, form_of, words


def is_form(word: str, tense: str) -> bool:
    return (form_of(word.lower()) or ("", ""))[1] == tense


def finite_in(row: Sequence[Word]) -> bool:
    """Whether these words hold a finite verb of their own, not one of a clause inside them."""
    for word in row:
        if word.lower in {"that", "which", "who", "what", "where", "when", "so", "if", ","}:
            return False
        if word.lower in FINITE:
            return True
    return bool(row) and is_form(row[0].lower, "s") and row[0].lower not in _PLURALS_TOO


_PLURALS_TOO: frozenset[str] = wordlist(
    "tests docs logs checks plans reports designs lists notes records files tables indexes queries jobs scans"
)


def tells(row: Sequence[Word]) -> bool:
    """“Invitations expire after 7 days”: a plural and what it does."""
    nouns = [word.lower for word in row[:4]]
    return any(
        nouns[at].endswith("s") and is_form(nouns[at + 1], "base") and nouns[at + 1] not in NOUN_TOO
        for at in range(len(nouns) - 1)
    )


def own_words(target: str) -> tuple[Word, ...]:
    """The words of an object without the clauses inside it."""
    row = words(target)
    stop = next((i for i, word in enumerate(row) if word.lower in INNER), len(row))
    return row[:stop]


INNER: frozenset[str] = wordlist("so that because which who where when if")
