"""Which language a text is in, and the verbs of other languages that can do harm."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from planner.rules.concepts import CONCEPTS, Concept, vocabulary
from planner.rules.lexicon import DETERMINERS, FINITE, PREPOSITIONS
from planner.rules.wordlist import wordlist
from planner.rules.words import verb_forms

_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_UNSPACED: frozenset[str] = frozenset({"zh", "ja", "ko"})

HARM_ORDER: tuple[str, ...] = (
    "drop", "delete", "truncate", "overwrite", "reset", "shut down", "stop", "disable", "restore", "grant", "rotate",
    "deploy", "publish", "migrate", "export", "send", "restart", "update", "fix", "create", "test", "write",
)  # fmt: skip
"""Where a text holds several, the verb that can do most harm names it."""

_HARMFUL: tuple[str, ...] = ("drop", "delete", "truncate", "overwrite", "shut down", "disable")

_ENGLISH = (
    DETERMINERS
    | PREPOSITIONS
    | FINITE
    | wordlist("and or but not then please i we you they he she there when if")
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_READ = 4_000
"""Characters looked at: a text that long is in one language."""

_ENOUGH = 1.5
"""Less than this never makes a text foreign: a few words are shared by all languages of Europe."""


class _Tongue(NamedTuple):
    """What is known of one language."""

    stops: frozenset[str]
    verbs: Mapping[str, re.Pattern[str]]
    opens: re.Pattern[str]
    harms: re.Pattern[str]


@cache
def _tongues() -> dict[str, _Tongue]:
    told = tomllib.loads(files("planner.rules").joinpath("foreign.toml").read_text("utf-8"))
    return {code: _tongue(code, e["stops"], e["verbs"]) for code, e in told.items() if code != "_nouns"}


@cache
def _nouns() -> dict[Concept, re.Pattern[str]]:
    told = tomllib.loads(files("planner.rules").joinpath("foreign.toml").read_text("utf-8"))["_nouns"]
    return {
        c: re.compile(rf"(?:\b|(?<=[^\x00-\x7f]))(?:{told[c]})", re.IGNORECASE) for c in CONCEPTS if c in told
    }


def foreign_concept(text: str) -> Concept | None:
    """The kind of work that most words of a text in another language speak for; nothing where none does."""
    found = {concept: len(pattern.findall(text)) for concept, pattern in _nouns().items()}
    best = max(found, key=lambda concept: found[concept])
    return best if found[best] else None


def _tongue(code: str, stops: str, verbs: Mapping[str, str]) -> _Tongue:
    edge = "" if code in _UNSPACED else r"\b"
    return _Tongue(
        wordlist(stops),
        {lemma: re.compile(f"{edge}(?:{forms})", re.IGNORECASE) for lemma, forms in verbs.items()},
        _opening(stem for forms in verbs.values() for stem in forms.split("|") if len(stem) > 3),
        _opening(
            stem for lemma in _HARMFUL if lemma in verbs for stem in verbs[lemma].split("|") if len(stem) > 5
        ),
    )


def _opening(stems: Iterable[str]) -> re.Pattern[str]:
    """A text that begins with one of these and an ending."""
    either = "|".join(sorted(stems, key=len, reverse=True)) or "(?!)"
    return re.compile(rf"\s*(?:{either})\w{{0,5}}\b(?<!tion)(?<!ing)(?<!ions)", re.IGNORECASE)


@cache
def _known_to() -> dict[str, tuple[str, ...]]:
    """A small word → the languages that use it."""
    found: dict[str, list[str]] = {}
    for code, tongue in _tongues().items():
        for word in tongue.stops - _ENGLISH:
            if len(word) < 2:
                continue
            found.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in found.items()}


def language_of(text: str) -> str:
    """A two-letter code; English unless other words outweigh it, `und` for a script that is not known."""
    shown = text[:_READ]
    if not shown.isascii():
        letters = [letter for letter in shown if letter.isalpha()]
        if sum(letter < "\u0250" for letter in letters) < len(letters) / 2:
            return next((code for code, script in _SCRIPTS if script.search(shown)), "und")
    found = [word.lower() for word in _WORD.findall(shown)]
    verbs = verb_forms()
    english = sum(word in _ENGLISH or word in verbs for word in found)
    weights = _weights(shown, found, english)
    best = max(weights, key=lambda code: weights[code], default="en")
    return best if weights.get(best, 0.0) > max(_ENOUGH - 0.1, english * 1.2) else "en"


def _weights(text: str, found: list[str], english: int) -> dict[str, float]:
    weights: dict[str, float] = {}
    for word in found:
        for code in _known_to().get(word, ()):
            weights[code] = weights.get(code, 0.0) + 1.0
    if not weights and english:
        return weights
    foreign = bool(found) and not any(word in verb_forms() or word in vocabulary().nouns for word in found)
    for code, tongue in _tongues().items():
        if code in weights:
            weights[code] += 0.5 * any(verb.search(text) for verb in tongue.verbs.values())
        if not foreign:
            continue
        small = code in weights or not text.isascii() or any(word in tongue.stops for word in found)
        if tongue.opens.match(text) if small else tongue.harms.match(text):
            weights[code] = weights.get(code, 0.0) + _ENOUGH
    return weights


def foreign_verb(text: str, language: str) -> str | None:
    """The English lemma of the most harmful verb a text in another language holds."""
    tongue = _tongues().get(language)
    if tongue is None:
        return None
    return next(
        (lemma for lemma in HARM_ORDER if lemma in tongue.verbs and tongue.verbs[lemma].search(text)), None
    )
