"""Typed lines: what somebody would put into a shell or ask of a database, told from sentences and read as commands.

A sentence says what it means; a typed line is exact. Its program and the first word that the program knows tell
whether it only looks, changes what is on the desk of whoever types it, or acts on what others use. What is not
known to look or to stay on the desk acts.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from approvals.act import UNKNOWN, Act
from approvals.policy_file import Program
from approvals.sql import is_statement, only_asks
from approvals.vocabulary import Vocabulary
from approvals.wording import split_words
from domain.clause import Environment

_PIECES: Final = re.compile(r"[\n\r;`]+|&&|\|\|?|[$<>]\(|\s&(?=\s|$)")
"""What a shell runs by itself: behind one another, beside one another, and what another line is given of."""

_WORDS: Final = re.compile(r"""[^\s"']*"[^"]*"|[^\s"']*'[^']*'|\S+""")
_SETTING: Final = re.compile(r"[A-Z][A-Z0-9_]*=\S*")
_ENDS: Final = re.compile(r"[-./_@:=]")
_AHEAD: Final = frozenset({"$", ">", "sudo", "run", "execute", "time", "nohup"})
_TRIES: Final = frozenset({"--help", "--dry-run", "--what-if", "--dry-run=client", "--dry-run=server"})
_ASKED_ALONE: Final = ("--version",)
"""Behind anything else it is the version of what is brought out."""

_SPOKEN: Final = frozenset(
    ["the", "our", "my", "your", "please", "we", "them", "it", "everyone", "everybody"]
)
_PROSE: Final = _SPOKEN | frozenset(
    [
        "a",
        "an",
        "and",
        "then",
        "before",
        "after",
        "so",
        "to",
        "of",
        "with",
        "for",
        "into",
        "every",
        "in",
        "this",
        "that",
    ]
)
"""A line with one of these outside quotes is a sentence that begins with the name of a program."""


class Typed(NamedTuple):
    """One typed line; `program` is null for the language of a database."""

    text: str
    words: tuple[str, ...]
    tokens: tuple[str, ...]
    program: Program | None


class TypedLines:
    """Finds typed lines and tells what they do."""

    def __init__(self, programs: Iterable[Program], words: Vocabulary) -> None:
        self._programs: Mapping[str, Program] = {name: each for each in programs for name in each.names}
        self._words = words

    def split(self, text: str) -> tuple[str, list[Act]]:
        """What is left to be read as sentences, and what the typed lines do."""
        pieces = _PIECES.split(text)
        found = {at: acts for at, piece in enumerate(pieces) if (acts := self._of_piece(piece))}
        if not found:
            return text, []
        for at, acts in found.items():
            if at + 1 < len(pieces) and self._names_production(pieces[at + 1]):
                found[at] = [act._replace(environment="production") for act in acts]
        rest = "\n".join(piece for at, piece in enumerate(pieces) if at not in found)
        return rest, [act for acts in found.values() for act in acts]

    def _names_production(self, behind: str) -> bool:
        """“DROP TABLE loans; | on the production server”: what follows a typed line tells where it is typed."""
        tokens = split_words(behind)
        begins = tokens[:1] in _WHERE
        return begins and any(span.environment == "production" for span in self._words.spans(tokens))

    def _of_piece(self, piece: str) -> list[Act]:
        """Nothing for a sentence, and for what an English word begins that is not known to do no harm."""
        typed = self._typed(piece)
        if typed is None:
            return []
        harmless = self._harmless(typed)
        if harmless is not None:
            return [harmless]
        return [] if typed.program is not None and typed.program.word else [*self._acting(typed)]

    def _typed(self, piece: str) -> Typed | None:
        statement = is_statement(piece)
        if not statement and self._programs.keys().isdisjoint(piece.split(None, 3)[:3]):
            return None
        # Behind “ #” a shell reads nothing, and nothing there makes a command harmless.
        words = tuple(takewhile(lambda word: word[0] != "#", _WORDS.findall(piece)))
        while words and (words[0].lower() in _AHEAD or _SETTING.fullmatch(words[0])):
            words = words[1:]
        program = None if statement or not words else self._programs.get(words[0])
        if len(words) < 2 or (program is None and not statement):
            return None
        bare = {word.lower().strip(",:.") for word in words[1:] if word[0] not in "\"'"}
        if not bare.isdisjoint(_SPOKEN if program is None else _PROSE):
            return None
        return Typed(piece.strip(), words, split_words(piece), program)

    def _harmless(self, typed: Typed) -> Act | None:
        program = typed.program
        if program is None:
            return self._asked(typed, typed.tokens)
        if typed.words[1:] == _ASKED_ALONE or not {*typed.words}.isdisjoint({*_TRIES, *program.tries}):
            return self._act(typed, "read", program.object)
        if said := " ".join(_statements(typed.words, program)):
            return self._asked(typed, split_words(said))
        told = [word.lower().strip("\"'") for word in typed.words[1:]]
        if program.idle and _all_in(told, program.idle):
            return self._act(typed, "remove", "files")
        verb = _meant(told, program)
        if verb is None:
            return None
        return self._look(typed, program.object) if verb == "read" else self._act(typed, verb, "artifact")

    def _asked(self, typed: Typed, tokens: Sequence[str]) -> Act | None:
        """A question to a database; null for what writes, or is no question."""
        if not only_asks(tokens):
            return None
        return self._look(typed, "data")

    def _look(self, typed: Typed, at: str) -> Act:
        """Who reads out what opens doors has it then."""
        told = typed.tokens if typed.program is None else typed.tokens[1:]
        if any("secret" in span.objects for span in self._words.spans(told)):
            return self._act(typed, "retrieve", "secret")
        return self._act(typed, "read", at)

    def _acting(self, typed: Typed) -> Iterator[Act]:
        commands = [*self._words.commands(typed.tokens)]
        for found in commands:
            yield self._act(typed, found.verb, found.object)
        if not commands:
            verb = None if _TAKING.isdisjoint(typed.tokens) else "delete"
            yield self._act(typed, verb, "data" if typed.program is None else typed.program.object)

    def _act(self, typed: Typed, verb: str | None, touched: str) -> Act:
        return Act(
            verbs=UNKNOWN if verb is None else frozenset({verb}),
            word=" ".join(typed.words[:3]),
            objects=frozenset({touched}),
            thing=typed.text,
            environment=self._place(typed),
            text=typed.text,
        )

    def _place(self, typed: Typed) -> Environment:
        """The worst place named anywhere in the line, in hosts and addresses too."""
        named = {span.environment for span in self._words.spans(typed.tokens)}
        if "production" in named or "live" in typed.tokens:
            return "production"
        if "staging" in named:
            return "staging"
        desk = "development" in named and any(self._is_desk(word) for word in typed.words)
        return "development" if desk else "unknown"

    def _is_desk(self, word: str) -> bool:
        """Whether a word, or one end of it, is a place of developers: "-n dev", "db-dev", "@localhost"."""
        ends = _ENDS.split(word.lower().strip("\"'"))
        return any(
            span.environment == "development" and end not in _ALSO_NAMES
            for end in {ends[0], ends[-1]}
            for span in self._words.spans([end])
        )


_WHERE: Final = {("on",), ("in",), ("against",), ("at",), ("for",)}
_ALSO_NAMES: Final = frozenset({"ci", "test", "testing", "preview", "scratch", "develop"})
"""Names of places that users, tables and branches have as well."""


def _meant(told: Sequence[str], program: Program) -> str | None:
    """What the first word does that is no flag and no value of one; the longest that is known wins."""
    if "" in program.reads:
        return "read"
    plain = [at for at in range(len(told)) if not told[at].startswith("-")]
    own = [at for at in plain if at == 0 or not told[at - 1].startswith("-") or "=" in told[at - 1]]
    for place in (own or plain)[: program.groups + 1 if program.groups is not None else _REACH]:
        for size in (3, 2, 1):
            said = " ".join(told[place : place + size])
            if said in program.reads:
                return "read"
            if said in program.makes:
                return "make"
        if program.groups != 0 and told[place].split("-")[0] in program.reads:
            return "read"
        if program.groups is None and told[place].split("-")[0] in program.acts:
            return None
    return "read" if not plain and any(flag in program.reads for flag in told) else None


_TAKING: Final = frozenset(
    {
        "delete",
        "--delete",
        "del",
        "rm",
        "rb",
        "drop",
        "dropdb",
        "destroy",
        "purge",
        "truncate",
        "wipe",
        "--purge",
        "remove",
        "rmi",
        "flushall",
        "flushdb",
    }
)
"""Words by which a typed line takes something away, whatever its program is."""

_REACH: Final = 5
"""What a program of many groups is asked to do stands among its first words: "az aks nodepool delete"."""


def _statements(words: Sequence[str], program: Program) -> Iterator[str]:
    """What a database's program is given to say: `psql -c "…"`, `--eval="…"`."""
    if program.statement and len(words) > 2 and words[-1][0] in "\"'" and not words[-2].startswith("-"):
        yield words[-1]
    for at, word in enumerate(words):
        flag, joined, value = word.partition("=")
        if flag in program.statement:
            yield value if joined else " ".join(words[at + 1 : at + 2])


def _all_in(told: Sequence[str], idle: Sequence[str]) -> bool:
    names = [word.removeprefix("./").rstrip("/") for word in told if not word.startswith("-")]
    return bool(names) and all(name in idle for name in names)
