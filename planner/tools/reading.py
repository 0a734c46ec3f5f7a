"""What the words of a clause say of the tool that is meant: each stem with how much it counts."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from planner.rules.modes import Flow
from planner.rules.wordlist import wordlist
from planner.tools.stems import stem, tokens

SENSED: Final = 0.75
LIGHTLY: Final = 0.65
"""What a word counts for what it stands for, beside the word itself."""

LIGHT: Final = frozenset(
    map(stem, wordlist("buy get make set do find take play order apply send see use let"))
)
"""Verbs that go with anything: what they are done to tells the tool."""

TOPIC: Final = 0.5
LATER: Final = 0.6
HAND: Final = 0.5
"""Data at hand that the words do not name."""

GIVEN: Final = 0.35
"""“The edited image": editing it was somebody else's work."""

_QUOTED: Final = re.compile(r"(?<!\w)(?:'[^'\n]{1,300}'(?!\w)|\"[^\"\n]{1,300}\"|“[^”\n]{1,300}”)")
_COMPOUND: Final = re.compile(r"\b[^\W\d_]+-[^\W\d_]+ed\b", re.IGNORECASE)
"""“The depth-estimated image"."""

_VERSION: Final = re.compile(
    r"\b(?:an?|the) (?:newly |new )?(?P<act>[^\W\d_]+ed) (?:version|copy)\b", re.IGNORECASE
)
"""“A summarized version of it" is had by summarizing it."""

_FILE: Final = re.compile(r"['\"“]?[\w-]+\.[A-Za-z]\w{1,3}['\"”]?$")
_ABOUT: Final = wordlist("about regarding concerning named titled called saying on")
_CIRCUMSTANCES: Final = wordlist("from between based within towards among during against")
_DETERMINERS: Final = wordlist("the a an this that their its")
_SILENT: Final = frozenset(
    map(stem, _ABOUT | wordlist("the a an of to for and in at my me i with from by is it its this that your our their into as please"))
)  # fmt: skip


_NOTHING: Final[frozenset[str]] = frozenset()


class Reading(NamedTuple):
    """Stems that a clause speaks of, and those of its own words; `flow` are the kinds of data it goes from and to."""

    spoken: dict[str, float]
    own: tuple[tuple[str, frozenset[str]], ...]
    """Each stem with what it may stand for besides."""
    flow: Flow


def reading(text: str, flow: Flow) -> Reading:
    """What is quoted says nothing of the tool; a phrase that is known says what it stands for and no more."""
    rest = _QUOTED.sub(lambda found: found[0] if _FILE.match(found[0]) else " ", text)
    rest = _COMPOUND.sub(" ", _VERSION.sub(lambda found: found["act"], rest))
    rest, phrased = _unphrased(rest)
    weights = _weights(tokens(rest))
    weights |= {own: HAND for kind in sorted(flow.takes) if (own := stem(kind)) not in weights}
    spoken = dict.fromkeys(phrased, 1.0)
    for own, weight in weights.items():
        spoken[own] = max(spoken.get(own, 0.0), weight)
        for sense in _senses().get(own, ()):
            spoken[sense] = max(spoken.get(sense, 0.0), (LIGHTLY if own in LIGHT else SENSED) * weight)
    own_words = [*phrased, *(own for own in weights if own not in _SILENT)]
    return Reading(spoken, tuple((own, _senses().get(own, _NOTHING)) for own in own_words), flow)


def _unphrased(text: str) -> tuple[str, list[str]]:
    """The text without the phrases that are known, and what they stand for."""
    lower = text.lower()
    meant: list[str] = []
    for phrase, (pattern, stems) in _phrases().items():
        if phrase in lower:
            text, times = pattern.subn(" ", text)
            meant += stems if times else ()
    return text, meant


def _weights(row: list[str]) -> dict[str, float]:
    weights: dict[str, float] = {}
    usual = 1.0
    for place, token in enumerate(row):
        if token in _ABOUT and place:
            usual = TOPIC
            continue
        if token in _CIRCUMSTANCES and place:
            usual = min(usual, LATER)
            continue
        given = place > 0 and token.endswith("ed") and row[place - 1] in _DETERMINERS
        own = stem(token)
        weights[own] = max(weights.get(own, 0.0), min(usual, GIVEN) if given else usual)
    return weights


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("planner.tools").joinpath("senses.toml").read_text("utf-8"))


@cache
def _senses() -> dict[str, frozenset[str]]:
    """A stem → the stems that it may stand for."""
    found: dict[str, set[str]] = {}
    for meant, by in _table()["words"].items():
        for word in by.split():
            found.setdefault(stem(word.replace("-", "")), set()).add(stem(meant))
    return {own: frozenset(meant) for own, meant in found.items()}


@cache
def _phrases() -> dict[str, tuple[re.Pattern[str], tuple[str, ...]]]:
    return {
        phrase: (re.compile(rf"\b{re.escape(phrase)}\b", re.IGNORECASE), tuple(map(stem, meant.split())))
        for phrase, meant in _table()["phrases"].items()
    }
