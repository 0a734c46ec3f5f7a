"""A statement taken apart: of what it tells, the word that carries a duty, and what comes behind it."""

from typing import NamedTuple

from planner.rules.lexicon import FINITE
from planner.rules.reading.phrase import Said
from planner.rules.wordlist import wordlist
from planner.rules.words import form_of


class Told(NamedTuple):
    """A sentence about a thing: its subject, the word that carries the duty, and what comes behind that."""

    subject: str
    carrier: str
    rest: str


def told_in(said: Said) -> Told | None:
    """Subject and carrier; a relative clause in the subject has a finite verb of its own, which is passed over."""
    row, inner = said.row, False
    for at, word in enumerate(row[:16]):
        low = word.lower
        if low in _RELATIVE:
            inner = True
        elif not word.is_word or low in {"and", "or", "to", "so", "because", "if"}:
            if not word.is_quote:
                return None
        elif at and _carries(low):
            if not inner:
                return _split(said, at)
            inner = False
        elif inner and (low in FINITE or low.endswith("ed") or (form_of(low) or ("", ""))[1] == "s"):
            inner = False
    return None


_RELATIVE: frozenset[str] = wordlist("who which that whatever whoever")


def _carries(word: str) -> bool:
    return (
        word in MODALS
        or word in GETS
        or word in MOVES
        or word in BECOMES
        or word in {"belongs", "belong", "may", "can", "is", "are"}
    )


def _split(said: Said, at: int) -> Told | None:
    row = said.row
    if at + 1 >= len(row):
        return None
    subject = said.rest[: row[at].start].strip()
    return Told(subject, row[at].lower, said.rest[row[at].end :].strip())


MODALS: frozenset[str] = wordlist("should must shall has have needs need ought")
GETS: frozenset[str] = wordlist("gets get receives receive")
MOVES: frozenset[str] = wordlist("goes go comes come moves move")
BECOMES: frozenset[str] = wordlist("becomes become turns")
STATES: frozenset[str] = wordlist(
    "be have stay remain keep work look feel run take last fit survive need want cost match equal happen mean contain see find know like "
    "think believe hope guess expect say get lose break stick fail load wait sit live exist use own belong depend differ apply "
    "respond behave react scale handle support comply follow respect meet"
)
"""Verbs of how things are."""
