"""What is told without an order: a protection that is to be done without, and people who are to get at something."""

from collections.abc import Iterator
from typing import Final

from approvals.english import DETERMINERS, OBLIGED
from approvals.line import Line, head_noun, objects_in, phrase_end
from approvals.vocabulary import Verb

DISABLES: Final = frozenset({"disable"})
REACHES: Final = frozenset({"reach"})
_GUARDS: Final = frozenset({"guard", "secret", "certificate", "boundary"})
_OPENS: Final = frozenset({"permission", "secret", "boundary", "vcs", "infra"})
_NO_MORE: Final = {("no", "more"), ("no", "longer"), ("never", "again")}
_DOING: Final = {("do",), ("go",), ("live",), ("manage",), ("work",)}
_GETS: Final = frozenset({"have", "get", "receive", "reach", "enter", "use", "hold", "own", "gain", "obtain"})


def forgone(line: Line, verb: Verb | None) -> Iterator[tuple[int, int]]:
    """Where a protection is named that is done without: “let them in without a | password”, “no more | code reviews”.

    What is written, made or looked at may well be without one.
    """
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
