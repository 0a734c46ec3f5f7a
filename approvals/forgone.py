"""What is told without an order: a protection that is to be done without, and people who are to get at something."""

from collections.abc import Iterator
from typing import Final

from approvals.act import Act
from approvals.english import BOUNDARIES, DETERMINERS, FINITE, OBLIGED, TRAILING
from approvals.line import Line, everything, head_noun, objects_in, phrase_end
from approvals.place import place
from approvals.vocabulary import Verb

DISABLES: Final = frozenset({"disable"})
REACHES: Final = frozenset({"reach"})
_GUARDS: Final = frozenset({"guard", "secret", "certificate", "boundary"})
_OPENS: Final = frozenset({"permission", "secret", "boundary", "vcs", "infra"})
_CEASES: Final = frozenset({"stop", "cease", "quit", "end", "discontinue", "pause"})
_PROTECTS = (
    "scanning encrypting checking logging validating verifying monitoring auditing requiring enforcing signing masking redacting"
    " limiting filtering blocking authenticating recording hashing throttling reviewing escaping sanitizing sanitising"
)
_PROTECTING: Final = frozenset(_PROTECTS.split())
_NO_MORE: Final = {("no", "more"), ("no", "longer"), ("never", "again")}
_DOING: Final = {("do",), ("go",), ("live",), ("manage",), ("work",)}
_GETS: Final = frozenset({"have", "get", "receive", "reach", "enter", "use", "hold", "own", "gain", "obtain"})


def given_up(line: Line, verb: Verb | None) -> Iterator[Act]:
    """What stands beside the order: protections that are done without, rights that go along with something."""
    for start, end in _forgone(line, verb):
        yield _beside(line, "do without", DISABLES, _GUARD, (start, end))
    for start, end in _gone_along(line, verb):
        yield _beside(line, "give along", _GRANTS, _RIGHT, (start, end))


def _beside(
    line: Line, word: str, verbs: frozenset[str], objects: frozenset[str], at: tuple[int, int]
) -> Act:
    start, end = at
    return Act(
        verbs=verbs,
        word=word,
        objects=objects,
        thing=" ".join(line.tokens[start:end]),
        environment=place(line, Verb(start - 1, start, word, verbs, "base"), trusting=False),
        everything=everything(line),
        outward=line.outward,
        text=line.text,
    )


_GUARD: Final = frozenset({"guard"})
_RIGHT: Final = frozenset({"permission"})
_GRANTS: Final = frozenset({"grant"})


def _gone_along(line: Line, verb: Verb | None) -> Iterator[tuple[int, int]]:
    """“Set Kofi up with | sudo”."""
    if verb is None or "grant" not in verb.classes or "author" in verb.classes:
        return
    for start in (at + 1 for at, word in enumerate(line.tokens) if word == "with" and at >= verb.end):
        if "permission" in (head_noun(line, start, phrase_end(line, start)) or ()):
            yield start, phrase_end(line, start)


def outright(line: Line) -> bool:
    """“No more …”, “do without …”: it sounds like a negation and asks for something."""
    return line.tokens[0] in _OUTRIGHT and "not" not in line.tokens


_OUTRIGHT: Final = frozenset({"no", "never", "do", "go", "live", "manage", "work"})


def for_good(line: Line, verb: Verb) -> frozenset[str]:
    """“Shut the database down | for good”: what is ended so is destroyed."""
    said = not _FINALLY.isdisjoint(line.tokens) or any(
        line.tokens[at : at + 2] in _FOR_GOOD for at in range(len(line.tokens) - 1)
    )
    return verb.classes | _DESTROYS if said and verb.classes & _ENDS else verb.classes


_FOR_GOOD: Final = {("for", "good"), ("for", "ever"), ("beyond", "recovery"), ("beyond", "repair")}
_FINALLY: Final = frozenset({"forever", "irrevocably", "irretrievably", "permanently", "irreversibly"})
_ENDS: Final = frozenset({"operate", "disable", "remove", "delete"})
_DESTROYS: Final = frozenset({"destroy"})


def _forgone(line: Line, verb: Verb | None) -> Iterator[tuple[int, int]]:
    """Where a protection is named that is done without: “let them in without a | password”, “no more | code reviews”.

    What is written, made or looked at may well be without one.
    """
    for at in range(len(line.tokens) - 1):
        if line.tokens[at] in _CEASES and line.tokens[at + 1] in _PROTECTING:
            yield at + 1, len(line.tokens)
    if line.tokens[:2] in _NO_MORE or (line.tokens[:1] in _DOING and line.tokens[1:2] == ("without",)):
        starts = [2]
    elif verb is not None and _harmless(line, verb):
        return
    else:
        starts = [at + 1 for at, word in enumerate(line.tokens) if word == "without"]
    for start in starts:
        end = phrase_end(line, start)
        known = head_noun(line, start, end)
        if start < end and not line.tokens[start].endswith("ing") and known is not None and known & _GUARDS:
            yield start, end


def _harmless(line: Line, verb: Verb) -> bool:
    manners = line.words.manners(verb.classes)
    return bool(manners & {"make", "look"}) and verb.classes.isdisjoint({"may_act", "let_in"})


def reaching(line: Line) -> Verb | None:
    """“The interns should | have | shell access”: somebody is to get what opens doors."""
    for at in range(1, len(line.tokens) - 1):
        if line.tokens[at] not in _GETS or OBLIGED.isdisjoint(line.tokens[:at]):
            continue
        end = phrase_end(line, at + 1)
        if (head_noun(line, at + 1, end) or frozenset()) & _OPENS or objects_in(line, at + 1, end) & {
            "permission"
        }:
            return Verb(at, at + 1, line.tokens[at], REACHES, "base")
    return None


def to_be_live(line: Line) -> Verb | None:
    """“We need the new banner | live | before noon”."""
    ends = BOUNDARIES | TRAILING | {"by", "before"}
    for at in range(1, len(line.tokens)):
        behind = line.tokens[at + 1 : at + 2]
        if (
            line.tokens[at] == "live"
            and line.tokens[at - 1] not in DETERMINERS | BOUNDARIES
            and (not behind or behind[0] in ends)
        ):
            return None if FINITE & {*line.tokens} else Verb(at, at + 1, "live", _RELEASES, "noun")
    return None


_RELEASES: Final = frozenset({"release", "goes_live"})


def names_a_look(line: Line, start: int) -> Verb | None:
    """“Code review | for the branch that removes accounts”: what is named first is looking."""
    end = phrase_end(line, start)
    if end - 1 <= start or line.tokens[start] in DETERMINERS:
        return None
    found = line.words.verb_at(line.tokens, end - 1)
    looks = (
        found is not None
        and (found.form == "noun" or found.nominal)
        and line.words.manners(found.classes) == {"look"}
    )
    return found if looks else None
