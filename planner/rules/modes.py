"""Kinds of data that words speak of: what is given (a picture, a recording) and what is wanted of it."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from domain.agent import Agent
from planner.rules.lexicon import PREPOSITIONS
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, verb_forms, words

_WORDS: dict[str, frozenset[str]] = {
    "image": wordlist(
        "image images picture pictures photo photos photograph photographs illustration drawing painting jpg jpeg png gif screenshot"
    ),
    "audio": wordlist("audio sound speech voice recording recordings wav mp3 song music podcast"),
    "video": wordlist("video videos clip clips movie film footage mp4 slideshow animation"),
    "text": wordlist(
        "text texts document documents article articles transcript transcription description descriptions sentence sentences paragraph story "
        "script summary answer response caption captions txt content essay topics keywords translation conversation paraphrase"
    ),
    "url": wordlist("url urls link links"),
}
_KIND: dict[str, str] = {word: kind for kind, listed in _WORDS.items() for word in listed}
_FILE = re.compile(r"\.(jpe?g|png|gif|wav|mp3|mp4|txt|docx?|pdf)\b", re.IGNORECASE)
_FILES: dict[str, str] = {
    "jpg": "image", "jpeg": "image", "png": "image", "gif": "image", "wav": "audio", "mp3": "audio", "mp4": "video",
    "txt": "text", "doc": "text", "docx": "text", "pdf": "text",
}  # fmt: skip
_CONVERTS: frozenset[str] = wordlist("convert turn transform change translate transcribe render rewrite")
_MAKES: dict[str | None, str] = {
    "transcribe": "text", "describe": "text", "caption": "text", "read": "text", "draw": "image", "illustrate": "image",
    "depict": "image", "visualize": "image", "visualise": "image", "paint": "image", "sketch": "image",
    "narrate": "audio", "speak": "audio",
}  # fmt: skip
"""Verbs that say by themselves what comes of them."""

_TEXT = frozenset({"text"})
_TAKEN: dict[str | None, frozenset[str]] = {
    "transcribe": frozenset({"audio"}), "describe": frozenset({"image"}), "caption": frozenset({"image"}),
}  # fmt: skip
_YIELDS: frozenset[str] = wordlist(
    "create generate make produce need want get obtain find search give provide show extract download fetch receive build "
    "write draw compose look have"
)
_ORIGINS: frozenset[str] = wordlist("from of using with within in on for about containing")


class Flow(NamedTuple):
    """What a clause works on and what it is to yield; empty where it does not say."""

    takes: frozenset[str]
    gives: frozenset[str]


def modes_in(text: str) -> frozenset[str]:
    """Every kind of data that a text speaks of, by its words and by the endings of its files."""
    named = {_KIND[word.lower] for word in words(text) if word.lower in _KIND}
    return frozenset(named | {_FILES[found[1].lower()] for found in _FILE.finditer(text)})


def flow_of(verb: str | None, target: str) -> Flow:
    """Which data a command takes and which it gives."""
    row = words(target)
    stop = next(
        (i for i, word in enumerate(row) if i and word.lower in PREPOSITIONS | {"based", "into", "to"}),
        len(row),
    )
    first, rest = _last_kind(row[:stop]), row[stop:]
    if verb in _MAKES:
        kind = "audio" if verb == "read" and "aloud" in target else _MAKES[verb]
        return Flow(((first | _kinds(rest)) - {kind}) or _TAKEN.get(verb, _TEXT), frozenset({kind}))
    if verb in _CONVERTS:
        into = next((i for i, word in enumerate(rest) if word.lower in {"into", "to", "as"}), len(rest))
        return Flow(first | _kinds(rest[:into]), _kinds(rest[into:]))
    if verb is None or verb in _YIELDS:
        return Flow(_kinds(rest), first)
    return Flow(first or _kinds(rest), frozenset())


def _ends_phrase(word: Word) -> bool:
    gerund = verb_forms().get(word.lower, ("", ""))[1] == "ing"
    return gerund or word.lower in PREPOSITIONS or word.lower in {"based", "into", "to", "that", "which"}


def _last_kind(row: tuple[Word, ...]) -> frozenset[str]:
    """The kind of the head of a noun phrase: "image URL" is a URL."""
    kinds = [_kind(word) for word in row]
    named = [kind for kind in kinds if kind]
    return frozenset(named[-1:])


def _kinds(row: tuple[Word, ...]) -> frozenset[str]:
    return frozenset(kind for word in row if (kind := _kind(word)))


def _kind(word: Word) -> str | None:
    ending = _FILE.search(word.text)
    return _FILES[ending[1].lower()] if ending else _KIND.get(word.lower)


def accord(agent: Agent, flow: Flow) -> float:
    """How well an agent's declared kinds of data agree with a flow, in -1…1; 0 where either does not say."""
    takes = {mode.split("/")[0] for skill in agent.skills for mode in skill.input_modes}
    gives = {mode.split("/")[0] for skill in agent.skills for mode in skill.output_modes}
    return (_agree(takes, flow.takes) + _agree(gives, flow.gives)) / 2


def _agree(declared: set[str], spoken: frozenset[str]) -> float:
    if not declared or not spoken:
        return 0.0
    return 1.0 if declared & spoken else -1.0


def meant(text: str) -> frozenset[str]:
    """Stems of what a text says, and of what its words may stand for: "a film" is a movie."""
    spoken = stems(text)
    return spoken | {sense for stem in spoken for sense in _senses().get(stem, ())}


def stems(text: str) -> frozenset[str]:
    """The beginnings of the words of a text: "classify" and "classification" begin alike."""
    plain = words(text.replace("_", " ").replace("-", " "))
    return frozenset(word.lower[:5] for word in plain if word.is_word and len(word.lower) > 2)


@cache
def _senses() -> dict[str, frozenset[str]]:
    """A stem → the stems that it may stand for."""
    told = tomllib.loads(files("planner.rules").joinpath("senses.toml").read_text("utf-8"))
    found: dict[str, set[str]] = {}
    for meant, by in told.items():
        for word in by.split():
            found.setdefault(word[:5], set()).add(meant[:5])
    return {stem: frozenset(meant) for stem, meant in found.items()}
