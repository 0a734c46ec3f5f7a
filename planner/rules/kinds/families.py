"""What is done to what, by whoever it is asked of: families of verbs with families of things."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple

from planner.rules.concepts import Concept
from planner.rules.lexicon import DETERMINERS, PREPOSITIONS
from planner.rules.words import Word, words

_MANY = "="
"""Before a term that is meant just as it is written: many customers get a mail now, “the customer” one day."""

_ENDS = (PREPOSITIONS - {"of"}) | frozenset(
    {"that", "which", "who", "when", "so", "because", "if", "where", ","}
)
_PRONOUNS = frozenset(
    {"it", "them", "this", "those", "these", "everyone", "everybody", "everything", "him", "her", "us"}
)
_LEFT_OUT = DETERMINERS - _PRONOUNS - {"which", "what"}
_EACH = frozenset({"every", "each"})


class Spoken(NamedTuple):
    """The terms of an object: those of the thing itself, and those of what is said about it behind."""

    direct: frozenset[str]
    behind: frozenset[str]


class Family(NamedTuple):
    """Holds where one of each that it names is spoken of; `of`: the thing, `behind`: what follows, `any`: either."""

    work: Concept
    weight: float
    of: frozenset[str]
    behind: frozenset[str]
    any: frozenset[str]
    unless: frozenset[str]

    def holds(self, said: Spoken) -> bool:
        return (
            (not self.of or not self.of.isdisjoint(said.direct))
            and (not self.behind or not self.behind.isdisjoint(said.behind))
            and (not self.any or not (self.any.isdisjoint(said.direct) and self.any.isdisjoint(said.behind)))
            and self.unless.isdisjoint(said.direct)
            and self.unless.isdisjoint(said.behind)
        )


def related(verb: str | None, target: str) -> Iterator[tuple[Concept, float]]:
    """The kinds of work whose families hold of a verb and its object; the strongest of each."""
    listed = (*_families().get(verb or "", ()), *_families()["*"])
    if not listed:
        return
    said = spoken(target)
    found: dict[Concept, float] = {}
    for family in listed:
        if family.weight > found.get(family.work, 0.0) and family.holds(said):
            found[family.work] = family.weight
    yield from found.items()


@lru_cache(maxsize=2_048)
def spoken(target: str) -> Spoken:
    row = words(target)
    end = next((at for at, word in enumerate(row) if word.lower in _ENDS), len(row))
    return Spoken(_terms(row[:end]), _terms(row[end:]))


def _terms(row: tuple[Word, ...]) -> frozenset[str]:
    said = [word.lower for word in row if word.is_word and word.lower not in _LEFT_OUT]
    plain = [_plain(word) for word in said]
    found = {*plain, *(_MANY + word for word in said if word[-1] == "s")}
    found.update(
        f"{_MANY}{second.lower}s" for first, second in pairwise(row) if first.lower in _EACH
    )  # every subscriber: the subscribers
    pairs = [f"{first} {second}" for first, second in pairwise(plain)]
    found.update(pairs)
    found.update(f"{pair} {third}" for pair, third in zip(pairs, plain[2:], strict=False))
    return frozenset(found)


def _plain(word: str) -> str:
    """“stores” as “store": a term is meant in either number."""
    word = word.removesuffix("'s").removesuffix("'")
    if word.endswith(_IN_ES) and word != "caches":
        return word[:-2]
    if word.endswith("ies") and len(word) > _SHORTEST_IN_IES and word not in _IN_IE:
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


_IN_ES = ("ches", "shes", "xes", "sses")
"""“Patches”, "boxes": plurals that lose two letters."""

_SHORTEST_IN_IES = 4
_IN_IE = frozenset({"cookies", "movies", "series", "zombies"})
"""“Policies” is of a policy; these are of no "cooky"."""


@cache
def _families() -> Mapping[str, tuple[Family, ...]]:
    """Every verb's families, read once from `families.toml`; under `*` those of any verb."""
    told = tomllib.loads(files("planner.rules.kinds").joinpath("families.toml").read_text("utf-8"))
    sets = {name: _listed(entry) for name, entry in told["sets"].items()}
    table: dict[str, list[Family]] = {"*": []}
    for entry in told["family"]:
        family = Family(
            entry["work"],
            float(entry["weight"]),
            *(_named(entry, part, sets) for part in ("of", "behind", "any", "unless")),
        )
        for verb in entry.get("verbs", "*").split():
            table.setdefault(verb.replace("_", " "), []).append(family)
    return {verb: tuple(found) for verb, found in table.items()}


def _named(entry: Mapping[str, Any], part: str, sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The terms of a part; a name with `@` stands for a whole set."""
    told = entry.get(part, "").split()
    own = _listed(" ".join(term for term in told if not term.startswith("@")))
    return own.union(*(sets[term[1:]] for term in told if term.startswith("@")))


def _listed(text: str) -> frozenset[str]:
    return frozenset(
        term if term.startswith(_MANY) else " ".join(_plain(part) for part in term.split("_"))
        for term in text.split()
    )
