"""Finds the verb that a segment is about."""

from collections.abc import Iterator

from approvals.becoming import due, to_become
from approvals.english import (
    ADJECTIVES,
    ALL,
    ASKING,
    BOUNDARIES,
    DETERMINERS,
    EMPTY_NEGATIONS,
    FILLERS,
    FINITE,
    NEGATIONS,
    OBLIGED,
    PRONOUNS,
)
from approvals.line import NOTHING, Line, head_noun, phrase_end
from approvals.vocabulary import Verb

RELATIVES = frozenset({"that", "which", "who"})
_OBJECTS = DETERMINERS | PRONOUNS | ALL
_PROMISES = frozenset({"to", "will", "should", "can", "would", "may"})
_ASKED = frozenset({"could", "can", "would", "may"})
_NEEDING = frozenset({"needs", "need", "requires", "require", "needing"})
_BEING = frozenset({"be", "is", "are", "get", "gets", "been", "being"})


def opening(line: Line) -> tuple[int, bool]:
    """Where the segment's matter begins behind polite words, and whether it is forbidden."""
    tokens, forbidden = line.tokens, False
    for at, token in enumerate(tokens):
        if token in NEGATIONS:
            asked = (at > 0 and tokens[at - 1] == "why") or tokens[at + 1 : at + 2] in _EMPTY
            forbidden = forbidden or not asked
        elif not (_polite(line, at) or _empty(line, at)):
            return at, forbidden
    return len(tokens), forbidden


def _polite(line: Line, at: int) -> bool:
    """Words before the matter; "go" is one of them, "go live" is not."""
    token = line.tokens[at]
    if not (token in FILLERS or _adverb(line, at) or token.isdigit()):
        return False
    verb = line.words.verb_at(line.tokens, at)
    return verb is None or (verb.end == at + 1 and verb.particle is None)


def _empty(line: Line, at: int) -> bool:
    """The "do" of "do not", the "forget" of "do not forget"."""
    word = line.tokens[at]
    if word == "do":
        return bool(set(line.tokens[at + 1 : at + 2]) & NEGATIONS)
    return word in EMPTY_NEGATIONS and at > 0 and line.tokens[at - 1] in NEGATIONS


_EMPTY = frozenset((word,) for word in EMPTY_NEGATIONS)


def ordered(line: Line, at: int) -> Verb | None:
    """The verb of an order: where the matter begins, or inside what that verb only carries."""
    if at >= len(line.tokens) or line.tokens[at] in ASKING:
        return None
    verb = line.words.verb_at(line.tokens, at)
    if verb is None or _noun_here(line, verb):
        return None
    if verb.form == "inflected" and not (_gerund(line, verb) and verb.end < len(line.tokens)):
        return None
    manners = line.words.manners(verb.classes)
    if "carry" in manners:
        return carried_by(line, verb) or verb
    if "make" in manners:
        return _made_sure(line, verb) or verb
    return verb


def unheard(line: Line) -> int | None:
    """Where a wish has a verb that nobody knows: "the accounts are to be | closed"."""
    for at in range(2, len(line.tokens)):
        word, before = line.tokens[at], line.tokens[:at]
        if (
            before[-1] == "be"
            and word.endswith(("ed", "en"))
            and OBLIGED & set(before)
            and not NEGATIONS & set(before)
        ):
            return None if line.words.verb_at(line.tokens, at) is not None else at
    return None


def told(line: Line, at: int) -> Verb | None:
    """The verb of a wish that is no order: "the table should be dropped", "prod needs a restart"."""
    return _obliged(line) or _in_passing(line, at) or _named(line, at)


def carried_by(line: Line, verb: Verb) -> Verb | None:
    """What "run", "start" or "use … to" carries: a noun of an act, or an order of its own."""
    direct = phrase_end(line, verb.end)
    for found in _acting(line, verb.end):
        before = line.tokens[found.start - 1]
        if found.start < direct and (found.form == "noun" or (found.nominal and found.start != verb.end)):
            if any(span.start == found.end and "artifact" in span.objects for span in line.spans):
                continue  # "make the payment handler idempotent": it is the handler that is made so
            return found._replace(form="noun")
        if before == "to" or found.start == verb.end or _gerund(line, found):
            return found
    return next(
        (found._replace(form="noun") for found in _probing(line, verb.end) if found.start < direct), None
    )


def _probing(line: Line, start: int) -> Iterator[Verb]:
    """“Run | the load test | against staging": what is run strains something."""
    found = (line.words.verb_at(line.tokens, at) for at in range(start, len(line.tokens)))
    return (verb for verb in found if verb is not None and "probe" in verb.classes)


def promised(line: Line, verb: Verb) -> Verb | None:
    """What something being made would do: "a job | that deletes …", "a script | to wipe …"."""
    start = phrase_end(line, verb.end)
    for found in _acting(line, start):
        before = line.tokens[found.start - 1]
        if found.form == "base" and before in _PROMISES:
            return found
        if found.form == "inflected" and RELATIVES & set(line.tokens[start : found.start]):
            return found
    return None


def _acting(line: Line, start: int) -> Iterator[Verb]:
    """Verbs that do something by themselves, whatever form they have."""
    for at in range(start, len(line.tokens)):
        verb = line.words.verb_at(line.tokens, at)
        if verb is None or _noun_here(line, verb):
            continue
        if _acts(line, verb):
            yield verb


def doing(line: Line, start: int) -> Iterator[Verb]:
    """Verbs that may do something to what they act on, whatever form they have."""
    for at in range(start, len(line.tokens)):
        verb = line.words.verb_at(line.tokens, at)
        if verb is None or _noun_here(line, verb):
            continue
        manners = line.words.manners(verb.classes)
        if manners & {"act", "depend"} and not manners & {"look", "carry"}:
            yield verb


def _acts(line: Line, verb: Verb) -> bool:
    manners = line.words.manners(verb.classes)
    return "act" in manners and not manners & {"make", "look", "carry"}


def _made_sure(line: Line, verb: Verb) -> Verb | None:
    """To "make sure that the table is dropped" asks for the drop."""
    if verb.base not in {"make sure", "ensure", "have", "get", "see to it"}:
        return None
    return next((found for found in _acting(line, verb.end) if passive(line, found)), None)


def _obliged(line: Line) -> Verb | None:
    for at in range(1, len(line.tokens)):
        if (becoming := to_become(line, at)) is not None and NEGATIONS.isdisjoint(line.tokens[:at]):
            return becoming
        found, before = line.words.verb_at(line.tokens, at), line.tokens[:at]
        if found is None or NEGATIONS & set(before) or _noun_here(line, found):
            continue
        if passive(line, found) and (OBLIGED & set(before) or _ASKED & set(before[:2])):
            return (_before(line, found) or found) if "carry" in line.words.manners(found.classes) else found
        if passive(line, found) and line.tokens[found.end : found.end + 1] in _SOON:
            return found  # "the old rows are | deleted | now"
        if found.form != "base" and before[-1] in _NEEDING and _acts(line, found):
            return found
    return None


def _before(line: Line, carrying: Verb) -> Verb | None:
    """What "the migration | must be executed" asks for stands before what only carries it."""
    named = (verb for verb in _acting(line, 0) if verb.start < carrying.start)
    return next((verb._replace(form="noun") for verb in named if verb.form == "noun" or verb.nominal), None)


def _in_passing(line: Line, start: int) -> Verb | None:
    """An order behind words that were not understood: "quick one for ops | wipe the db"."""
    for found in _acting(line, start + 1):
        before = line.tokens[found.start - 1]
        if found.form != "base" or FINITE & set(line.tokens[start : found.start]):
            continue
        if before in DETERMINERS | ADJECTIVES | (BOUNDARIES - {"to"}):
            continue
        if not _known_noun(line, found.start) or _after_the_occasion(line, start, found):
            return found
        if _caused(line, start, found):
            # "let the certificates expire": it happens to them
            return found._replace(form="inflected")
    return None


def _after_the_occasion(line: Line, start: int, verb: Verb) -> bool:
    """An order with an object of its own behind what it is for: "for the demo | switch the login off"."""
    return line.tokens[start] in BOUNDARIES and bool(
        _OBJECTS & set(line.tokens[verb.start + 1 : verb.start + 2])
    )


def _caused(line: Line, start: int, verb: Verb) -> bool:
    """What a machine is let do is done: "let CI | ship it"; what users are let do is a feature."""
    by = head_noun(line, start, verb.start) or NOTHING
    return line.tokens[start - 1 : start] == ("let",) and not by & {"people", "audience"}


def _named(line: Line, start: int) -> Verb | None:
    """An act named by a noun: "database wipe", "rollback of the release"; not "the rollback guide"."""
    if (FINITE & set(line.tokens) and not due(line)) or (line.joint and line.tokens[0] == "with"):
        return None  # "a design for the move, | with cut-over and fallback": what is made is told of
    head = head_noun(line, start, phrase_end(line, start))
    if head is not None and "artifact" in head:
        return None
    for found in _acting(line, start):
        if (found.form == "noun" or found.nominal) and not _for_each(line, found.start):
            return found._replace(form="noun")
    return None


_SOON = {("now",), ("today",), ("tonight",), ("tomorrow",), ("immediately",), ("asap",)}


def _for_each(line: Line, at: int) -> bool:
    """“An entry for each | deletion”: it is spoken of whenever it happens, and not ordered."""
    return line.tokens[max(0, at - 2) : at] in _WHENEVER


_WHENEVER = {
    ("for", "each"),
    ("for", "every"),
    ("on", "each"),
    ("on", "every"),
    ("after", "each"),
    ("after", "every"),
}


def passive(line: Line, verb: Verb) -> bool:
    """Whether what is acted on stands before the verb: "the table | must be dropped"."""
    return verb.start > 0 and verb.form != "noun" and line.tokens[verb.start - 1] in _BEING


def _gerund(line: Line, verb: Verb) -> bool:
    return line.tokens[verb.start].endswith("ing")


def _noun_here(line: Line, verb: Verb) -> bool:
    """Whether the word is part of a longer known name: the "release" of "release notes"."""
    return any(
        span.start <= verb.start < span.end and span.end - span.start > 1 and span.end > verb.end
        for span in line.spans
    )


def _known_noun(line: Line, end: int) -> bool:
    return any(span.end == end for span in line.spans)


def _adverb(line: Line, at: int) -> bool:
    token = line.tokens[at]
    return len(token) > 4 and token.endswith("ly") and not line.words.is_verb(token)
