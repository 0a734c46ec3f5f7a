"""What kinds of work software delivery knows: the words that ask for each, and the tags its agents carry."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, get_args

Concept = Literal[
    "research", "diagnosis", "database", "backend", "frontend", "infra", "cicd", "qa", "review", "security",
    "docs", "release", "monitoring",
]  # fmt: skip
CONCEPTS: tuple[Concept, ...] = get_args(Concept)

Weights = Mapping[str, Mapping[Concept, float]]
"""A term → how strongly it speaks for each kind of work."""


class Vocabulary(NamedTuple):
    """All words that tell kinds of work apart. `tags` are those of its agents, the surest first."""

    tags: Mapping[Concept, tuple[str, ...]]
    verbs: Weights
    nouns: Weights


@cache
def vocabulary() -> Vocabulary:
    """Read once, from `vocabulary.toml`."""
    told = tomllib.loads(files("planner.rules").joinpath("vocabulary.toml").read_text("utf-8"))
    verbs: dict[str, dict[Concept, float]] = {}
    nouns: dict[str, dict[Concept, float]] = {}
    for concept in CONCEPTS:
        _weigh(verbs, concept, told[concept]["verbs"])
        _weigh(nouns, concept, told[concept]["nouns"])
    return Vocabulary({c: tuple(told[c]["tags"].split()) for c in CONCEPTS}, verbs, nouns)


def _weigh(table: dict[str, dict[Concept, float]], concept: Concept, entries: str) -> None:
    for entry in entries.split():
        term, _, weight = entry.rpartition(":")
        table.setdefault(term.replace("_", " "), {})[concept] = float(weight)
