"""One segment with its known words marked, and the noun phrases in it."""

from collections.abc import Sequence
from typing import NamedTuple

from approvals.act import UNKNOWN
from approvals.english import ALL, BOUNDARIES, DETERMINERS, FILLERS, PLACES, TRAILING
from approvals.vocabulary import Span, Verb, Vocabulary
from approvals.wording import Segment
from domain.clause import Environment

NOTHING: frozenset[str] = frozenset()
_STORES: frozenset[str] = frozenset({"data", "personal"})
_BRINGS: frozenset[str] = frozenset({"publish", "release"})
_ALL_FLAGS = frozenset({"--all", "--all-namespaces"})


class Line(NamedTuple):
    tokens: tuple[str, ...]
    spans: tuple[Span, ...]
    words: Vocabulary
    text: str
    joint: str
    outward: bool


def line_of(segment: Segment, words: Vocabulary) -> Line:
    tokens = segment.tokens
    outward = segment.outward or words.outward(tokens)
    return Line(tokens, tuple(words.spans(tokens)), words, segment.text, segment.joint, outward)


def everything(line: Line) -> bool:
    """Whether all of something is meant."""
    return any(token in ALL or token in _ALL_FLAGS for token in line.tokens)


def phrase_end(line: Line, start: int) -> int:
    """Where the noun phrase that begins at a token ends: at the next small word that opens something else."""
    for at in range(start, len(line.tokens)):
        if line.tokens[at] in BOUNDARIES and not any(s.start <= at < s.end for s in line.spans):
            return at
    return len(line.tokens)


def head_noun(line: Line, start: int, end: int) -> frozenset[str] | None:
    """What the last noun of a phrase is; null where the policy does not know it."""
    if _called(line, start, end):
        return _TEXT
    while end > start:
        known = next((span for span in line.spans if span.end == end and span.start >= start), None)
        if known is not None:
            return known.objects or None
        if not _silent(line, end - 1):
            return None
        end -= 1
    return None


def _called(line: Line, start: int, end: int) -> bool:
    """“The variable | production_rate": a thing of code and its name, whatever the name says."""
    at = start + (line.tokens[start : start + 1] in _ARTICLES)
    return at + 1 < end and line.tokens[at] in _CODE


_CODE = frozenset(
    {"variable", "constant", "function", "method", "class", "parameter", "argument", "enum", "struct"}
)
_ARTICLES = {("the",), ("a",), ("our",), ("this",)}
_TEXT = frozenset({"artifact"})


def head(line: Line, verb: Verb) -> frozenset[str]:
    """What a verb's direct object is, by its last noun: the classes of an object, and kinds of things."""
    end = phrase_end(line, verb.end)
    end = end if verb.particle is None else min(end, verb.particle)
    known = head_noun(line, verb.end, end) or NOTHING
    while end > verb.end and _silent(line, end - 1):
        end -= 1
    return known | line.words.things(line.tokens[verb.end : end])


def objects_in(line: Line, start: int, end: int) -> frozenset[str]:
    return NOTHING.union(*(span.objects for span in line.spans if start <= span.start and span.end <= end))


def thing(line: Line, start: int, end: int) -> str:
    return " ".join(token for token in line.tokens[start:end] if token not in DETERMINERS)


def touched(line: Line, verb: Verb, *, trusting: bool) -> tuple[frozenset[str], str]:
    """The classes of what a verb acts on, and the words.

    Its direct object's last noun decides where it is known: a button on the customers page is a button.
    Where it is not, trust makes the difference: "create a customer segment" may stay unknown, "delete
    the customer things" may not.
    """
    end = phrase_end(line, verb.end)
    direct = thing(line, verb.end, end)
    head = head_noun(line, verb.end, end)
    later = _later(line, end)
    if head is not None and "artifact" in head:
        if line.tokens[end : end + 1] in {("in",), ("from",)} and later & _STORES and "artifact" not in later:
            return later, direct  # "correct the credit notes | in the database": they are rows there
        return head | later, direct
    if not trusting:
        everywhere = objects_in(line, verb.end, len(line.tokens))
        if head:
            # "migrate the database | as the ticket says": a text that is spoken of besides makes it no safer
            everywhere -= {"artifact"}
        return everywhere, direct or thing(line, end, len(line.tokens))
    if head is not None:
        return objects_in(line, verb.end, end) | later, direct
    if (named := _apposed(line, verb.end, end)) is not None:
        return named | later, direct
    if end < len(line.tokens) - 1 and line.tokens[end] == "of":
        # "the size of the server" is the server's
        behind = phrase_end(line, end + 1)
        return head_noun(line, end + 1, behind) or NOTHING, thing(line, verb.end, behind)
    inside = objects_in(line, verb.end, end)
    return (inside | UNKNOWN if inside else NOTHING) | later, direct or thing(line, end, len(line.tokens))


def served(line: Line, verb: Verb) -> frozenset[str]:
    """Those whom something is switched on for or brought to: "enable the editor | for German customers"."""
    if "let_in" in verb.classes:
        return objects_in(line, verb.start, verb.end) & {"people"}
    if verb.classes.isdisjoint({"switch_on", "arrive"}):
        return NOTHING
    at = next((at for at in range(verb.end, len(line.tokens)) if line.tokens[at] in {"for", "to"}), None)
    found = head_noun(line, at + 1, phrase_end(line, at + 1)) if at is not None else None
    return (found or NOTHING) & {"people", "audience", "market"}


def _apposed(line: Line, start: int, end: int) -> frozenset[str] | None:
    """A thing called by its kind and its name: "the column email", "the bucket exports"."""
    kind = next((span for span in line.spans if span.start == start + 1 and span.end == end - 1), None)
    return kind.objects if kind is not None and line.tokens[start] == "the" else None


def _later(line: Line, start: int) -> frozenset[str]:
    """What stands behind the direct object: "add bob | to the admins"."""
    infinitive = line.tokens[start : start + 1] == ("to",) and line.words.is_order(line.tokens, start + 1)
    if start < len(line.tokens) and line.tokens[start] in PLACES and not infinitive:
        return head_noun(line, start + 1, phrase_end(line, start + 1)) or NOTHING
    return NOTHING


def into(line: Line, verb: Verb) -> frozenset[str]:
    """What the place is that something is brought to or taken from: "put the gem | on RubyGems"."""
    end = phrase_end(line, verb.end)
    if line.tokens[end : end + 1] not in _INTO | {("onto",), ("from",)}:
        return NOTHING
    return head_noun(line, end + 1, phrase_end(line, end + 1)) or NOTHING


def apart(line: Line, verb: Verb) -> bool:
    """Whether something goes where nothing is yet: "store the attempts | in a new table"."""
    end = phrase_end(line, verb.end)
    behind = line.tokens[end + 1 : end + 3]
    return line.tokens[end : end + 1] in _INTO and (behind[:1] in _ANOTHER or bool(_NEW & set(behind)))


_INTO = {("in",), ("into",), ("to",), ("on",)}
_ANOTHER = {("a",), ("an",), ("another",)}
_NEW = frozenset({"own", "separate", "scratch"})


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
    if is_live(line) and (not trusting or "disclose" in verb.classes):
        return "production"
    for environment in ("staging", "development"):
        if any(_fixed(line, span) or _itself(line, span, verb) for span in _named(line, environment)):
            return environment
    return "unknown"


def is_live(line: Line) -> bool:
    """A store that is called live is in use: "the live customer table"."""
    at = line.tokens.index("live") + 1 if "live" in line.tokens[:-1] else len(line.tokens)
    stores = any(span.start == at and _STORES & span.objects for span in line.spans)
    return stores or bool(_STORES & line.words.foreign_objects(line.tokens[at : at + 1]))


def _named(line: Line, environment: str) -> Sequence[Span]:
    return [span for span in line.spans if span.environment == environment]


def _counts(line: Line, span: Span, verb: Verb, end: int, *, trusting: bool) -> bool:
    if not trusting:
        return True
    head = head_noun(line, verb.end, end) or NOTHING
    if span.start < end or "artifact" not in head:
        return "artifact" not in head
    openers = [token for token in line.tokens[end : span.start] if token in BOUNDARIES]
    if _BRINGS & verb.classes:
        # "publish the notes | for the last commits | to production": it is brought where the last word says
        return openers[-1:] == ["to"] or all(token in PLACES for token in openers)
    return all(token in PLACES for token in openers)


def _fixed(line: Line, span: Span) -> bool:
    """A lower environment lowers, so it must be said of the place and not in passing."""
    if _besides(line, span):
        return False
    before = next((t for t in reversed(line.tokens[: span.start]) if t not in DETERMINERS), "")
    behind = next((s for s in line.spans if s.start == span.end), None)
    ends = before == "for" and all(_silent(line, at) for at in range(span.end, len(line.tokens)))
    return before in PLACES or ends or (behind is not None and bool(behind.objects - {"artifact"}))


def _itself(line: Line, span: Span, verb: Verb) -> bool:
    """Whether a place is what the act is done to: "roll | staging | back", "wipe dev"."""
    end = phrase_end(line, verb.end) if verb.particle is None else verb.particle
    return (
        verb.end <= span.start
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


def _silent(line: Line, at: int) -> bool:
    token = line.tokens[at]
    return (
        token in TRAILING
        or token in ALL
        or (len(token) > 4 and token.endswith("ly"))
        or token.startswith("-")
        or token[0].isdigit()
    )
