"""What is to happen to a thing without anybody being told to do it: "the column must become wider", "the rotation is due"."""

from collections.abc import Mapping
from itertools import pairwise

from approvals.english import OBLIGED
from approvals.line import Line
from approvals.vocabulary import Verb


def to_become(line: Line, at: int) -> Verb | None:
    """“The column must | become | …", "old rows have to | go”: what happens to it without anybody being named."""
    told = _BECOMES.get(line.tokens[at])
    behind = line.tokens[at + 1 : at + 2]
    if told is None or line.tokens[at - 1] not in OBLIGED or not (told[1] or behind in _UNTIL):
        return None
    return Verb(at, at + 1, line.tokens[at], told[0], "noun")


_GONE = frozenset({"remove"})
_BECOMES: Mapping[str, tuple[frozenset[str], bool]] = {
    "become": (frozenset({"alter"}), True),
    "resolve": (frozenset({"reshape"}), True),
    "point": (frozenset({"reshape"}), True),
    "go": (_GONE, False),
    "disappear": (_GONE, False),
    "vanish": (_GONE, False),
    "leave": (_GONE, False),
}
"""What verbs that take no object come to, and whether something may stand behind them."""

_UNTIL = {
    (),
    ("by",),
    ("before",),
    ("until",),
    ("now",),
    ("today",),
    ("tonight",),
    ("tomorrow",),
    ("soon",),
    ("at",),
}


def due(line: Line) -> bool:
    """“The rotation of the key | is due”: what is due is to be done."""
    return any(pair[0] in {"is", "are"} and pair[1] in _TO_BE_DONE for pair in pairwise(line.tokens))


_TO_BE_DONE = frozenset(
    {"due", "overdue", "needed", "required", "wanted", "necessary", "outstanding", "scheduled", "planned"}
)
