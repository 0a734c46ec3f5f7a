"""What a line says in going on with the one before: more of the same things, or more of what a thing will do."""

from approvals.act import POINTERS, UNKNOWN, Act
from approvals.english import ASKING, DETERMINERS, FINITE, NEGATIONS
from approvals.head import RELATIVES
from approvals.line import Line, objects_in
from approvals.vocabulary import Verb


def headed(acts: list[Act], found: dict[Act, None], line: Line) -> list[Act]:
    """“Create tables for balances | and transactions”: what goes on behind a small word is still of the tables."""
    if not line.joint or not found or line.tokens[0] in DETERMINERS:
        return acts
    before = next(reversed(found))
    return [act._replace(head=before.head) if act.word == before.word else act for act in acts]


def tells_of_what_is_made(line: Line, verb: Verb | None) -> bool:
    """“Add a workflow that builds the image …”."""
    return (
        verb is not None
        and "make" in line.words.manners(verb.classes)
        and bool(RELATIVES & set(line.tokens[verb.end :]))
    )


def goes_on(line: Line) -> bool:
    """“… | and can deploy it", "… | and deploys it": more of what the thing that is made does."""
    first = line.tokens[0]
    if first in _CAN:
        return not _SPOKEN_TO & set(line.tokens[1:2])
    return first.endswith("s") and line.words.is_verb(first)


def tells_or_asks(line: Line) -> bool:
    """Whether a line forbids, asks, tells or wishes, or is about a text: what then is no act is none."""
    tokens = {*line.tokens}
    speaks = tokens & (NEGATIONS | ASKING | FINITE | _SUPPOSES) or any(
        "artifact" in span.objects for span in line.spans
    )
    return bool(speaks) or len(line.tokens) < _SAYS


_SUPPOSES = frozenset(
    {"if", "would", "hypothetically", "let", "as", "maybe", "perhaps", "thanks", "hello", "hi"}
)
_SAYS = 2


def describes(line: Line, verb: Verb | None) -> bool:
    """“Add a small cluster, | own network, | off at night”: how the thing is to be that is made."""
    if verb is None or "make" not in line.words.manners(verb.classes):
        return False
    own = line.tokens[0] == "own" and len(line.tokens) <= _SHORT
    return own or (line.tokens[0] in {"on", "off", "up", "down"} and line.tokens[1:2] in _DURING)


_SHORT = 4
_DURING = {("at",), ("over",), ("during",), ("outside",), ("between",)}
_SPOKEN_TO = frozenset({"you", "we", "i", "somebody", "someone"})
_CAN = frozenset({"can", "could", "may", "might", "will", "would"})


def spoken_of(line: Line) -> frozenset[str]:
    """What a line speaks of that may be harmed."""
    return objects_in(line, 0, len(line.tokens)) - _HARMLESS


def meaning(act: Act, spoken: frozenset[str], found: dict[Act, None]) -> Act:
    """“Check the old tenants | and remove them”: the pronoun stands for what was spoken of before.

    “Write a benchmark | and run it”: it is of the kind that the last act was about.
    """
    if act.objects != UNKNOWN or act.thing.removesuffix(" again") not in _POINTS:
        return act
    head = next(reversed(found)).head if found else act.head
    named = spoken if act.thing in _POINTS else act.objects
    return act._replace(objects=named or act.objects, head=head)


_POINTS = POINTERS | {"all of them", "all of it"}
_HARMLESS = frozenset({"artifact", "build", "files", "branch"})
