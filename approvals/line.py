"""One segment with its known words marked, and the noun phrases in it."""

from typing import NamedTuple

from approvals.act import UNKNOWN
from approvals.english import ALL, BOUNDARIES, DETERMINERS, PLACES, TRAILING
from approvals.vocabulary import Span, Verb, Vocabulary
from approvals.wording import Segment

NOTHING: frozenset[str] = frozenset()
STORES: frozenset[str] = frozenset({"data", "personal"})
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
            return _TEXT if _of_a_text(line, known) else known.objects or None
        if not silent(line, end - 1):
            return None
        end -= 1
    return None


def _of_a_text(line: Line, span: Span) -> bool:
    """“The glossary | entry": what is in a text is part of it."""
    before = next((one for one in line.spans if one.end == span.start), None)
    return span.objects == _IN_TEXTS and before is not None and before.objects == _TEXT


def _called(line: Line, start: int, end: int) -> bool:
    """“The variable | production_rate": a thing of code and its name, whatever the name says."""
    at = start + (line.tokens[start : start + 1] in _ARTICLES)
    return at + 1 < end and line.tokens[at] in _CODE


_CODE = frozenset(
    {"variable", "constant", "function", "method", "class", "parameter", "argument", "enum", "struct"}
)
_ARTICLES = {("the",), ("a",), ("our",), ("this",)}
_TEXT = frozenset({"artifact"})
_IN_TEXTS = frozenset({"content"})


def head(line: Line, verb: Verb) -> frozenset[str]:
    """What a verb's direct object is, by its last noun: the classes of an object, and kinds of things."""
    end = phrase_end(line, verb.end)
    end = end if verb.particle is None else min(end, verb.particle)
    known = head_noun(line, verb.end, end) or NOTHING
    while end > verb.end and silent(line, end - 1):
        end -= 1
    return known | line.words.things(line.tokens[verb.end : end] or _IT)


_IT = ("it",)
"""What a verb that stands alone is done to: “have it reviewed, | apply”."""


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
    direct = thing(line, verb.end, end if verb.particle is None else min(end, verb.particle))
    head = head_noun(line, verb.end, end)
    later = _later(line, end)
    if head is not None and "artifact" in head:
        if not trusting and line.tokens[end - 1 : end + 1] in _MANY_OF:
            # "charge the backlog | of invoices": invoices are charged
            return objects_in(line, verb.end, phrase_end(line, end + 1)) or head, direct
        if line.tokens[end : end + 1] in {("in",), ("from",)} and later & STORES and "artifact" not in later:
            return later, direct  # "correct the credit notes | in the database": they are rows there
        return head | later, direct
    if not trusting:
        everywhere = objects_in(line, verb.end, len(line.tokens))
        if head:
            # "migrate the database | as the ticket says": a text that is spoken of besides makes it no safer
            everywhere -= {"artifact"}
        elif head is None and everywhere == _TEXT and _of_another(line, verb.end, end):
            # "wipe the tablets | of the field team": what it is about is not known by what stands beside it
            everywhere |= UNKNOWN
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


def _of_another(line: Line, start: int, end: int) -> bool:
    of = line.tokens[end : end + 1] == ("of",) and line.tokens[end - 1 : end + 1] not in _MANY_OF
    return of and not objects_in(line, start, end)


def served(line: Line, verb: Verb) -> frozenset[str]:
    """Those whom something is switched on for or brought to: "enable the editor | for German customers"."""
    if "let_in" in verb.classes:
        return objects_in(line, verb.start, verb.end) & {"people"}
    if verb.classes.isdisjoint({"switch_on", "arrive"}):
        return NOTHING
    at = next((at for at in range(verb.end, len(line.tokens)) if line.tokens[at] in {"for", "to"}), None)
    if at is None:
        return NOTHING
    found = head_noun(line, at + 1, phrase_end(line, at + 1))
    if found is None and line.tokens[at + 1 : at + 2] in _EVERY:
        return _MANY  # "bring it to every | shopper": people by what is done, whoever they are
    many = _MANY if found and found & {"people"} and line.tokens[at + 1 : at + 2] in _EVERY else NOTHING
    return ((found or NOTHING) & {"people", "audience", "market"}) | many


def _apposed(line: Line, start: int, end: int) -> frozenset[str] | None:
    """A thing called by its kind and its name: "the column email", "the bucket exports"."""
    kind = next((span for span in line.spans if span.start == start + 1 and span.end == end - 1), None)
    return kind.objects if kind is not None and line.tokens[start] == "the" else None


def _later(line: Line, start: int) -> frozenset[str]:
    """What stands behind the direct object: "add bob | to the admins"."""
    if line.tokens[start : start + 1] == ("of",):
        start = phrase_end(line, start + 1)  # "correct the number of Acme | in the ledger"
    if line.tokens[start + 1 : start + 2] in _HOW:
        return NOTHING  # "write a guide | on how to rotate the keys"
    infinitive = line.tokens[start : start + 1] == ("to",) and line.words.is_order(line.tokens, start + 1)
    if start < len(line.tokens) and line.tokens[start] in PLACES and not infinitive:
        return head_noun(line, start + 1, phrase_end(line, start + 1)) or NOTHING
    return NOTHING


_EVERY = {("all",), ("every",), ("each",)}
_MANY = frozenset({"audience"})
_MANY_OF = {(word, "of") for word in ("backlog", "list", "rest", "batch", "set", "half", "pile")}
_HOW = {("how",), ("what",), ("why",), ("when",), ("where",), ("whether",)}


def into(line: Line, verb: Verb) -> frozenset[str]:
    """What the place is that something is brought to or taken from: "put the gem | on RubyGems"."""
    end = phrase_end(line, verb.end)
    if "publish" in verb.classes and line.tokens[end : end + 1] in _WHICH:
        end = phrase_end(line, end + 1)  # "publish version 3 | of the SDK | on PyPI"
    if (
        line.tokens[end : end + 1] not in _INTO | {("onto",), ("from",)}
        or line.tokens[end + 1 : end + 2] in _HOW
    ):
        return NOTHING
    return head_noun(line, end + 1, phrase_end(line, end + 1)) or NOTHING


def about(line: Line, verb: Verb) -> frozenset[str]:
    """Of whom or what its object tells: "send the report | of all patients"."""
    end = phrase_end(line, verb.end)
    if line.tokens[end : end + 1] not in _TELLING_OF:
        return NOTHING
    return objects_in(line, end + 1, phrase_end(line, end + 1))


_TELLING_OF = {("of",), ("with",), ("about",), ("on",)}


def apart(line: Line, verb: Verb) -> bool:
    """Whether something goes where nothing is yet: "store the attempts | in a new table"."""
    end = phrase_end(line, verb.end)
    behind = line.tokens[end + 1 : end + 3]
    return line.tokens[end : end + 1] in _INTO and (behind[:1] in _ANOTHER or bool(_NEW & set(behind)))


_WHICH = {("of",), ("as",), ("for",)}
_INTO = {("in",), ("into",), ("to",), ("on",)}
_ANOTHER = {("a",), ("an",), ("another",)}
_NEW = frozenset({"own", "separate", "scratch"})


def silent(line: Line, at: int) -> bool:
    token = line.tokens[at]
    return (
        token in TRAILING
        or token in ALL
        or (len(token) > 4 and token.endswith("ly"))
        or token.startswith("-")
        or token[0].isdigit()
    )
