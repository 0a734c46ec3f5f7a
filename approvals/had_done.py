"""What a text first only speaks of and then has done: "write down how to drop the table | and do it"."""

from collections.abc import Iterator
from typing import NamedTuple

from approvals.act import Act
from approvals.english import DETERMINERS, NEGATIONS
from approvals.head import doing
from approvals.line import Line, phrase_end
from approvals.vocabulary import Verb


class Talk(NamedTuple):
    """A line that is about something, and the verb that makes or reads what is said there."""

    line: Line
    verb: Verb

    def deeds(self) -> Iterator[Verb]:
        """What it speaks of that would do something; a test of it does nothing."""
        start, end = self.verb.end, phrase_end(self.line, self.verb.end)
        if _TESTS.isdisjoint(self.line.tokens[start:end]):
            for deed in doing(self.line, start):
                # "the changelog for the release" is not about releasing, "the release of 2.1" is
                if deed.start < end or not self._is_thing(deed):
                    yield deed

    def _is_thing(self, deed: Verb) -> bool:
        return deed.form == "noun" or self.line.tokens[deed.start - 1] in DETERMINERS


def has_it_done(line: Line) -> bool:
    """“… | then do it”, "| go ahead", "| and follow the document": whatever was spoken of is now asked for."""
    tokens = line.tokens
    return any(_points(tokens[at:]) for at in range(min(_SOON, len(tokens)))) and not NEGATIONS & {*tokens}


def where(act: Act, doing: Line) -> Act:
    """The act, where the line that asks for it says its place: "run it on staging"."""
    named = {span.environment for span in doing.spans if span.environment is not None}
    known = next((place for place in ("production", "staging", "development") if place in named), None)
    return act if known is None or act.environment == "production" else act._replace(environment=known)


def _points(tokens: tuple[str, ...]) -> bool:
    if tokens[:1] in _ALONE or tokens[:2] in _ALONE:
        return True
    rest = tokens[1:] if tokens[0] in _DOES else tokens[2:] if tokens[:2] == ("carry", "out") else ()
    return rest[:1] in _POINTERS or (rest[:1] in _ARTICLES and rest[1:2] in _TEXTS)


_TESTS = frozenset({"test", "tests", "check", "checks", "benchmark", "benchmarks", "suite"})

_SOON = 4
"""Behind so many words of order and politeness."""

_ALONE = frozenset({("proceed",), ("go", "ahead")})
_DOES = frozenset({"do", "perform", "execute", "run", "carry", "follow", "apply"})
_POINTERS = frozenset({("it",), ("so",), ("that",), ("this",), ("them",), ("these",), ("those",)})
_ARTICLES = frozenset({("the",), ("that",), ("this",), ("its",)})
_TEXTS = frozenset(
    (word,)
    for word in (
        "document",
        "plan",
        "steps",
        "runbook",
        "script",
        "procedure",
        "instructions",
        "guide",
        "checklist",
    )
)
