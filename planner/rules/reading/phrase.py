"""A clause with what planning needs beside it."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.clause import Clause
from planner.rules.concepts import Concept
from planner.rules.lexicon import ANAPHORS, FINITE
from planner.rules.openings import Cue, Mood
from planner.rules.reading.wording import own_words
from planner.rules.teams import mentioned
from planner.rules.wordlist import wordlist
from planner.rules.words import Word


class Phrase(NamedTuple):
    """A clause with what planning needs beside it: `said` is its text without the opening."""

    clause: Clause
    cue: Cue = "none"
    mood: Mood = "none"
    anaphor: bool = False
    said: str = ""
    team: Concept | None = None


class Said(NamedTuple):
    """A segment without its opening."""

    text: str
    rest: str
    row: tuple[Word, ...]
    cue: Cue
    mood: Mood
    question: bool
    listed: bool
    team: Concept | None = None
    planned: bool = False
    """Whether a time or a condition stands before it: what is told then is going to be done."""


def phrased(said: Said, clause: Clause) -> Phrase:
    heads = own_words(clause.object)
    anaphor = any(word.lower in ANAPHORS and _stands_alone(heads, i) for i, word in enumerate(heads))
    anaphor = anaphor or _there(heads) or (not heads and clause.verb in _ENACTS)
    team = said.team or mentioned(said.rest)
    return Phrase(clause, said.cue, said.mood, anaphor, said.rest, team)


_ENACTS: frozenset[str] = wordlist("apply execute")
"""“Run a plan, have it reviewed, apply”: it is applied."""


def _there(row: Sequence[Word]) -> bool:
    """“Practise the rollback there”, "whatever was unclear": the words point at what was said before."""
    return bool(row) and (row[-1].lower == "there" or row[0].lower in {"whatever", "whichever"})


def _stands_alone(row: Sequence[Word], at: int) -> bool:
    """A pronoun, not the article of a noun: "this", but not "this table" nor "its tables"."""
    if row[at].lower in {"it", "them", "they"} or (row[at].lower == "both" and _alone(row, at)):
        return True
    if row[at].lower in {"its", "their"}:
        return False
    if at + 1 >= len(row) or not row[at + 1].is_word:
        return True
    return row[at + 1].lower in FINITE or row[at + 1].lower in _BEHIND


def _alone(row: Sequence[Word], at: int) -> bool:
    """“Run both in parallel”, but “both tables”."""
    return at == 0 and (len(row) == 1 or row[1].lower in _BEHIND)


_BEHIND: frozenset[str] = wordlist("to from for into in on with by")
"""“Send those | to the partners”."""
