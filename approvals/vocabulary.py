"""The policy's words, ready to be found in tokens."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from approvals.english import BOUNDARIES, PLACES, forms, plurals
from approvals.foreign_words import ForeignWords
from approvals.policy_file import Manner, Objects, PolicyFile, Verbs
from approvals.sequences import Sequences
from approvals.wording import normal
from domain.clause import Environment

Kind = Literal["object", "environment", "nothing"]
Form = Literal["base", "inflected", "noun"]


class Span(NamedTuple):
    """Known words at tokens `start` to `end` (exclusive)."""

    start: int
    end: int
    objects: frozenset[str]
    environment: Environment | None


class Verb(NamedTuple):
    """A verb found at a token; `end` is where its direct object begins, `particle` where its second part
    stands when something came between.
    """

    start: int
    end: int
    base: str
    classes: frozenset[str]
    form: Form
    particle: int | None = None
    nominal: bool = False
    """Whether the word also names the act as a noun: a restart."""


class _Entry(NamedTuple):
    base: str
    classes: frozenset[str]
    form: Form
    rest: tuple[str, ...]


class CommandFound(NamedTuple):
    start: int
    verb: str
    object: str
    words: str


_PARTS = re.compile(r"[^\W_]+")

_NAME = 3
"""The name of a thing has so many words at most."""

SPLIT = 5
"""A particle may stand so many tokens behind its verb: "shut the whole old payment service down"."""


class Vocabulary:
    """Finds verbs, objects, environments and commands in the tokens of a segment."""

    def __init__(self, file: PolicyFile) -> None:
        self._verbs = _verbs(file.verbs)
        self._nouns = frozenset(" ".join(_tokens(n)) for verbs in file.verbs.values() for n in verbs.nouns)
        self._phrases, self._longest = _phrases(file)
        self._commands = Sequences(command.words for command in file.commands)
        self._meant = {command.words: command for command in file.commands}
        self._manners = {name: verbs.manner for name, verbs in file.verbs.items()}
        self._works = {
            normal(tag): frozenset(name for name, work in file.works.items() if tag in work.tags)
            for work in file.works.values()
            for tag in work.tags
        }
        self._of_card = {name: work for name, work in file.works.items() if work.card}
        self._things = {
            words: frozenset(n for n, entry in file.things.items() if words in {*_with_plurals(entry)})
            for thing in file.things.values()
            for words in _with_plurals(thing)
        }
        self._outward = Sequences(file.outward)
        self._sign_off = Sequences(file.sign_off)
        self._foreign_verbs = ForeignWords({name: verbs.foreign for name, verbs in file.verbs.items()})
        self._foreign_objects = ForeignWords({name: entry.foreign for name, entry in file.objects.items()})
        places = file.environments
        self._foreign_places = ForeignWords(
            {
                "production": places.production.foreign,
                "staging": places.staging.foreign,
                "development": places.development.foreign,
            }
        )

    def spans(self, tokens: Sequence[str]) -> list[Span]:
        """Known objects and environments, the longest words first, none overlapping another."""
        found: list[Span] = []
        at = 0
        while at < len(tokens):
            span = self._span_at(tokens, at)
            if span is not None:
                found.append(span)
            at = span.end if span else at + 1
        return found

    def _span_at(self, tokens: Sequence[str], at: int) -> Span | None:
        for size in range(min(self._longest.get(tokens[at], 0), len(tokens) - at), 0, -1):
            meaning = self._phrases.get(tuple(tokens[at : at + size]))
            if meaning is not None:
                return Span(at, at + size, *meaning)
        return None

    def verb_at(self, tokens: Sequence[str], at: int) -> Verb | None:
        """The verb at a token, with its particle where it has one; the reading of most words wins."""
        for entry in self._verbs.get(tokens[at], ()):
            rest = len(entry.rest)
            if tuple(tokens[at + 1 : at + 1 + rest]) == entry.rest:
                nominal = entry.base in self._nouns
                return Verb(at, at + 1 + rest, entry.base, entry.classes, entry.form, nominal=nominal)
            if rest and (particle := _apart(tokens, at, entry.rest)) is not None:
                return Verb(at, at + 1, entry.base, entry.classes, entry.form, particle)
        return None

    def is_order(self, tokens: Sequence[str], at: int) -> bool:
        """Whether a verb in its base form stands there: "to | change the price"."""
        verb = self.verb_at(tokens, at) if at < len(tokens) else None
        return verb is not None and verb.form == "base" and (tokens[at],) not in self._phrases

    def is_verb(self, token: str) -> bool:
        return token in self._verbs

    def manners(self, classes: Iterable[str]) -> frozenset[Manner]:
        return frozenset(self._manners[name] for name in classes if name in self._manners)

    def things(self, tokens: Sequence[str]) -> frozenset[str]:
        """What a phrase is, by the words that it ends with."""
        return frozenset[str]().union(
            *(self._things.get(tuple(tokens[-size:]), ()) for size in range(1, 1 + len(tokens[-_NAME:])))
        )

    def works(self, tags: Iterable[str]) -> frozenset[str]:
        """The kinds of work that agents with these tags do."""
        return self._tagged(tags) - {*self._of_card}

    def works_of_card(self, tags: Iterable[str]) -> frozenset[str]:
        """The kinds of work that are told by all tags of an agent's card together."""
        told = self._tagged(tags)
        return frozenset(
            name for name, work in self._of_card.items() if name in told and told.isdisjoint(work.unless)
        )

    def _tagged(self, tags: Iterable[str]) -> frozenset[str]:
        return frozenset[str]().union(*(self._works.get(normal(tag), ()) for tag in tags))

    def outward(self, tokens: Sequence[str]) -> bool:
        return any(True for _ in self._outward.found(tokens))

    def asks_approval(self, tokens: Sequence[str]) -> bool:
        return any(True for _ in self._sign_off.found(tokens))

    def commands(self, tokens: Sequence[str]) -> Iterator[CommandFound]:
        for start, words in self._commands.found(tokens):
            meant = self._meant[words]
            yield CommandFound(start, meant.verb, meant.object, words)

    def foreign_verbs(self, token: str) -> frozenset[str]:
        known = token in self._verbs or (token,) in self._phrases
        return frozenset() if known else self._foreign_verbs.classes(token)

    def foreign_objects(self, tokens: Sequence[str]) -> frozenset[str]:
        return frozenset().union(*(self._foreign_objects.classes(token) for token in tokens))

    def foreign_places(self, tokens: Sequence[str]) -> frozenset[str]:
        return frozenset().union(*(self._foreign_places.classes(token) for token in tokens))


def _apart(tokens: Sequence[str], at: int, rest: tuple[str, ...]) -> int | None:
    """Where a verb's particle stands apart from it: "shut the service | down", "get it | out of the way", but
    not "log it | in a file".
    """
    for place in range(at + 2, min(at + 2 + SPLIT, len(tokens))):
        if tokens[place] == rest[0] and tuple(tokens[place : place + len(rest)]) == rest:
            closes = place + 1 == len(tokens) or tokens[place + 1] in BOUNDARIES
            return place if closes or len(rest) > 1 or rest[0] not in PLACES else None
    return None


def _verbs(classes: Mapping[str, Verbs]) -> dict[str, list[_Entry]]:
    """First word of each form → entries, those of more words first."""
    meanings: dict[tuple[str, ...], set[str]] = {}
    nouns: dict[tuple[str, ...], set[str]] = {}
    for name, verbs in classes.items():
        for word in verbs.words:
            meanings.setdefault(_tokens(word), set()).add(name)
        for noun in verbs.nouns:
            for form in (noun, *plurals(noun)):
                nouns.setdefault(_tokens(form), set()).add(name)
    entries: dict[str, list[_Entry]] = {}
    for words, named in meanings.items():
        found = frozenset(named)
        base = " ".join(words)
        entries.setdefault(words[0], []).append(_Entry(base, found, "base", words[1:]))
        for form in forms(words[0]):
            entries.setdefault(form, []).append(_Entry(base, found, "inflected", words[1:]))
    for words, named in nouns.items():
        entries.setdefault(words[0], []).append(_Entry(" ".join(words), frozenset(named), "noun", words[1:]))
    order = {"base": 0, "inflected": 1, "noun": 2}
    for listed in entries.values():
        listed.sort(key=lambda entry: (-len(entry.rest), order[entry.form]))
    return entries


def _phrases(
    file: PolicyFile,
) -> tuple[dict[tuple[str, ...], tuple[frozenset[str], Environment | None]], dict[str, int]]:
    objects: dict[tuple[str, ...], set[str]] = {}
    places: dict[tuple[str, ...], Environment | None] = dict.fromkeys(map(_tokens, file.environments.none))
    for name, entry in file.objects.items():
        for words in _with_plurals(entry):
            objects.setdefault(words, set()).add(name)
    named: tuple[tuple[Environment, Sequence[str]], ...] = (
        ("development", file.environments.development.words),
        ("staging", file.environments.staging.words),
        ("production", file.environments.production.words),
    )
    for environment, listed in named:
        places.update(dict.fromkeys(map(_tokens, listed), environment))
    phrases = {words: (frozenset(objects.get(words, ())), places.get(words)) for words in {*objects, *places}}
    longest: dict[str, int] = {}
    for words in phrases:
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return phrases, longest


def _with_plurals(entry: Objects) -> Iterator[tuple[str, ...]]:
    for word in entry.words:
        words = _tokens(word)
        yield words
        for plural in plurals(words[-1]):
            yield (*words[:-1], plural)


def _tokens(word: str) -> tuple[str, ...]:
    """A policy's words cut as those of a text are."""
    return tuple(_PARTS.findall(normal(word)))
