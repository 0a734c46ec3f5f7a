"""Where an act takes effect: the place that a line names, told from places that it only mentions."""

from collections.abc import Sequence
from typing import Final

from approvals.english import BOUNDARIES, DETERMINERS, FILLERS, PLACES
from approvals.line import NOTHING, STORES, Line, head_noun, phrase_end, silent
from approvals.vocabulary import Span, Verb
from domain.clause import Environment

_TEXT: Final = frozenset({"artifact"})
_BRINGS: Final = frozenset({"publish", "release"})


def place(line: Line, verb: Verb, *, trusting: bool) -> Environment:
    """Where the act takes effect; the worst place named wins.

    With trust, production counts for a text or a page only as the place of the act itself: "a runbook
    for production" is written anywhere, "change the text in production" is not.
    """
    end = phrase_end(line, verb.end)
    if not trusting and "production" in line.words.foreign_places(line.tokens):
        return "production"
    if any(_counts(line, span, verb, end, trusting=trusting) for span in _named(line, "production")):
        return "production"
    if is_live(line) and not (trusting and verb.classes.isdisjoint({"disclose", "may_act"})):
        return "production"
    if trusting and _brought_live(line, verb, end):
        return "production"
    for environment in ("staging", "development"):
        if any(_fixed(line, span, verb) or _itself(line, span, verb) for span in _named(line, environment)):
            return environment
    return "unknown"


def is_live(line: Line) -> bool:
    """A store that is called live is in use: "the live customer table"."""
    at = line.tokens.index("live") + 1 if "live" in line.tokens[:-1] else len(line.tokens)
    stores = any(span.start == at and STORES & span.objects for span in line.spans)
    return stores or bool(STORES & line.words.foreign_objects(line.tokens[at : at + 1]))


def _brought_live(line: Line, verb: Verb, end: int) -> bool:
    """“Add a zone | to the live Postgres cluster”."""
    behind = line.tokens[end : end + 3]
    return (
        len(behind) == len(_TO_THE_LIVE)
        and behind[0] in PLACES
        and behind[1] in DETERMINERS
        and behind[2] == "live"
        and is_live(line)
        and "artifact" not in (head_noun(line, verb.end, end) or NOTHING)
    )


_TO_THE_LIVE: Final = ("to", "the", "live")


def _named(line: Line, environment: str) -> Sequence[Span]:
    return [span for span in line.spans if span.environment == environment]


def _counts(line: Line, span: Span, verb: Verb, end: int, *, trusting: bool) -> bool:
    if not trusting:
        return True
    known = head_noun(line, verb.end, end)
    head = known or (_TEXT if "author" in verb.classes and span.start >= end else NOTHING)
    if span.start < end or "artifact" not in head:
        return "artifact" not in head
    openers = [token for token in line.tokens[end : span.start] if token in BOUNDARIES]
    if _BRINGS & verb.classes:
        # "publish the notes | for the last commits | to production": it is brought where the last word says
        return openers[-1:] == ["to"] or all(token in PLACES for token in openers)
    return all(token in PLACES for token in openers)


def _fixed(line: Line, span: Span, verb: Verb) -> bool:
    """A lower environment lowers, so it must be said of the place and not in passing."""
    if _besides(line, span):
        return False
    before = next((t for t in reversed(line.tokens[: span.start]) if t not in DETERMINERS), "")
    behind = next((s for s in line.spans if s.start == span.end), None)
    ends = before == "for" and all(silent(line, at) for at in range(span.end, len(line.tokens)))
    within = line.tokens[span.start] in _WHERE and _qualifies(line, span, verb)
    ends_there = any(s.end == phrase_end(line, span.start) and s.environment for s in line.spans)
    whole = before == "of" and ends_there
    return (
        before in PLACES
        or whole
        or ends
        or within
        or (behind is not None and bool(behind.objects - {"artifact"}))
    )


_WHERE = frozenset({"local", "dev", "development", "sandbox", "staging", "stg"})


def _qualifies(line: Line, span: Span, verb: Verb) -> bool:
    """Whether a place stands before the thing in a verb's object: "wipe my | local | Docker volumes"."""
    return verb.end <= span.start and span.end < phrase_end(line, verb.end)


def _itself(line: Line, span: Span, verb: Verb) -> bool:
    """Whether a place is what the act is done to: "roll | staging | back", "wipe dev"."""
    end = phrase_end(line, verb.end) if verb.particle is None else verb.particle
    return (
        verb.end <= span.start
        and line.tokens[span.start] not in {"copy", "clone", "throwaway"}
        and span.end == end
        and all(t in DETERMINERS for t in line.tokens[verb.end : span.start])
    )


def _besides(line: Line, span: Span) -> bool:
    """Whether it is told of a thing and not of the act: "the build | that we tried on staging"."""
    tokens = line.tokens
    return any(
        tokens[at] in _TELLING and tokens[at - 1] not in BOUNDARIES | FILLERS for at in range(1, span.start)
    )


_TELLING = frozenset({"we", "they", "i", "you", "that", "which"})
