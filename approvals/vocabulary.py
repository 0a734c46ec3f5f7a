"""The policy's words, ready to be found in tokens."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from approvals.english import BOUNDARIES, PLACES, forms, plurals
from approvals.policy_file import Manner, Objects, PolicyFile, Verbs
from approvals.wording import normal
from domain.clause import Environment

Kind = Literal["object", "environment", "nothing"]
Form = Literal["base", "inflected", "noun"]

_WIDE = 0x2E80
"""From here on scripts are written without spaces, so that words are looked for within tokens."""


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


SPLIT = 5
"""A particle may stand so many tokens behind its verb: "shut the whole old payment service down"."""


class Vocabulary:
    """Finds verbs, objects, environments and commands in the tokens of a segment."""

    def __init__(self, file: PolicyFile) -> None:
        self._verbs = _verbs(file.verbs)
        self._nouns = frozenset(" ".join(_tokens(n)) for verbs in file.verbs.values() for n in verbs.nouns)
        self._phrases, self._longest = _phrases(file)
        self._commands = [(_command(c.words), c.verb, c.object) for c in file.commands]
        self._manners = {name: verbs.manner for name, verbs in file.verbs.items()}
        self._outward = [_command(words) for words in file.outward]
        self._sign_off = [_command(words) for words in file.sign_off]
        self._foreign_verbs = _Foreign({name: verbs.foreign for name, verbs in file.verbs.items()})
        self._foreign_objects = _Foreign({name: entry.foreign for name, entry in file.objects.items()})
        places = file.environments
        self._foreign_places = _Foreign(
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
            if rest == 1 and (particle := _apart(tokens, at, entry.rest[0])) is not None:
                return Verb(at, at + 1, entry.base, entry.classes, entry.form, particle)
        return None

    def is_order(self, tokens: Sequence[str], at: int) -> bool:
        """Whether a verb in its base form stands there: "to | change the price"."""
        verb = self.verb_at(tokens, at) if at < len(tokens) else None
        return verb is not None and verb.form == "base" and (tokens[at],) not in self._phrases

    def is_verb(self, token: str) -> bool:
        return token in self._verbs

    def manners(self, classes: Iterable[str]) -> frozenset[Manner]:
        return frozenset(self._manners[name] for name in classes)

    def outward(self, tokens: Sequence[str]) -> bool:
        return any(_in_order(words, tokens) is not None for words in self._outward)

    def asks_approval(self, tokens: Sequence[str]) -> bool:
        return any(_in_order(words, tokens) is not None for words in self._sign_off)

    def commands(self, tokens: Sequence[str]) -> Iterator[CommandFound]:
        for words, verb, object_ in self._commands:
            if words[0] in tokens and (start := _in_order(words, tokens)) is not None:
                yield CommandFound(start, verb, object_, " ".join(words))

    def foreign_verbs(self, token: str) -> frozenset[str]:
        known = token in self._verbs or (token,) in self._phrases
        return frozenset() if known else self._foreign_verbs.classes(token)

    def foreign_objects(self, tokens: Sequence[str]) -> frozenset[str]:
        return frozenset().union(*(self._foreign_objects.classes(token) for token in tokens))

    def foreign_places(self, tokens: Sequence[str]) -> frozenset[str]:
        return frozenset().union(*(self._foreign_places.classes(token) for token in tokens))


def _apart(tokens: Sequence[str], at: int, particle: str) -> int | None:
    """Where a verb's particle stands apart from it: "shut the service | down", but not "log it | in a file"."""
    for place in range(at + 2, min(at + 2 + SPLIT, len(tokens))):
        if tokens[place] == particle:
            closes = place + 1 == len(tokens) or tokens[place + 1] in BOUNDARIES
            return place if closes or particle not in PLACES else None
    return None


def _in_order(words: Sequence[str], tokens: Sequence[str]) -> int | None:
    """Where the words begin, if they follow each other; after `...` they may come later."""
    start, at, gap = None, 0, True
    for word in words:
        if word == "...":
            gap = True
            continue
        found = _next(word, tokens, at) if gap else (at if at < len(tokens) and tokens[at] == word else None)
        if found is None:
            return None
        start, at, gap = (found if start is None else start), found + 1, False
    return start


def _next(word: str, tokens: Sequence[str], at: int) -> int | None:
    return next((place for place in range(at, len(tokens)) if tokens[place] == word), None)


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
    return tuple(normal(word).replace("-", " ").split())


def _command(words: str) -> tuple[str, ...]:
    """Flags and gaps stay as they are; everything else is cut as the tokens of a text are."""
    parts = normal(words).split()
    return tuple(
        token
        for part in parts
        for token in (
            [part] if part.startswith(("-", "...")) else part.replace("-", " ").replace("_", " ").split()
        )
    )


class _Foreign:
    """Words of other languages: whole, or with `*` for any letters before or after."""

    def __init__(self, classes: Mapping[str, Iterable[str]]) -> None:
        self._whole: dict[str, set[str]] = {}
        self._parts: list[tuple[str, bool, bool, str]] = []
        for name, words in classes.items():
            for word in map(normal, words):
                if "*" in word or ord(word[0]) >= _WIDE:
                    part = word.strip("*")
                    self._parts.append((part, word.startswith("*"), word.endswith("*"), name))
                else:
                    self._whole.setdefault(word, set()).add(name)
        self.classes = lru_cache(maxsize=8_192)(self._classes)

    def _classes(self, token: str) -> frozenset[str]:
        found = set(self._whole.get(token, ()))
        for part, before, after, name in self._parts:
            if _within(part, token, before=before, after=after):
                found.add(name)
        return frozenset(found)


def _within(part: str, token: str, *, before: bool, after: bool) -> bool:
    if ord(part[0]) >= _WIDE or (before and after):
        return part in token
    return token.startswith(part) if after else token.endswith(part)
