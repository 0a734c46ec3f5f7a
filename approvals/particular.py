"""Whether words speak of things that there are, or of how software is to behave whenever something happens.

“Refund the 12 customers concerned” is done to somebody; “refund the deposit when the booking is cancelled” is a rule that
is written down. The first sort of evidence only raises; the second lowers nothing where there is any of the first.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from approvals.wording import split_words

_MARKS_WORDS: Final = (
    "them affected concerned stuck waiting missed missing remaining outstanding overdue those these manually now immediately today tonight tomorrow"
    " yesterday asap urgently urgent retroactively monday tuesday wednesday thursday friday saturday sunday january february april june july"
    " august september october november december mr mrs ms dr ceo cfo cto rest backlog attacker attackers spammer culprit directly live"
)
_MARKS: Final = frozenset(_MARKS_WORDS.split())
_PAIRS: Final = {
    ("by", "hand"), ("last", "night"), ("last", "week"), ("last", "month"), ("last", "year"), ("this", "morning"), ("this", "week"), ("this", "month"),
    ("of", "them"), ("for", "them"), ("to", "them"), ("one", "off"), ("one", "time"), ("right", "away"), ("at", "once"), ("once", "more"),
    ("run", "it"), ("execute", "it"), ("invoke", "it"), ("call", "it"), ("trigger", "it"), ("start", "it"), ("do", "it"), ("use", "it"),
    ("and", "run"), ("and", "execute"), ("and", "deploy"), ("and", "ship"), ("and", "apply"),
}  # fmt: skip
_USUALLY: Final = frozenset(
    {"works", "work", "working", "pass", "passes", "passing", "green", "possible", "usable", "loads", "starts", "builds", "up", "fast"}
)  # fmt: skip
_TWICE: Final = frozenset({"again", "anew", "twice"})

_NUMBERS_WORDS: Final = "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty ninety hundred thousand"
_NUMBERS: Final = frozenset(_NUMBERS_WORDS.split())
_LIMITS_WORDS: Final = "after within every above over than least most to up by per under below until for in at beyond exceeding max maximum first top only version"
_LIMITS: Final = frozenset(_LIMITS_WORDS.split())
"""Before a number: it is a limit, or a place in an order, and no amount of things that there are."""
_UNITS_WORDS: Final = (
    "second minute hour day week month year percent % mb gb kb tb ms s digit decimal character attempt time try retry place step part warning"
    " request item page line row worker thread pixel px column service module file class endpoint way kind type level factor person people"
)
_UNITS: Final = frozenset(_UNITS_WORDS.split())
_SPANS_OF_TIME: Final = frozenset({"day", "week", "month", "year", "hour", "minute"})
_PAST: Final = frozenset({"last", "past", "previous"})
_MONEY: Final = frozenset({"euro", "eur", "dollar", "usd", "pound", "gbp", "franc", "chf"})
_BOUNDS: Final = frozenset(
    {"above", "over", "below", "under", "than", "from", "least", "most", "up", "every", "per"}
)
_CALLED_WORDS: Final = (
    "order article case booking reservation policy number no nr customer client user account patient member subscriber tenant driver merchant"
    " invoice payment refund contract subscription ticket shipment parcel record row id employee student guest contact lead donor claim"
)
_CALLED: Final = frozenset(_CALLED_WORDS.split())
"""Before a number: one of them is called by it."""

_ALWAYS_WORDS: Final = "automatically nightly hourly daily weekly monthly yearly periodically always"
_ALWAYS: Final = frozenset(_ALWAYS_WORDS.split())
_WHEN: Final = frozenset({"when", "whenever", "if", "unless", "while", "once", "until"})
_PLANNED_WORDS: Final = (
    "not test tests review reviewed migration backup approval approved approve approves agree agrees agreed confirm confirms confirmed done finished"
    " complete completed ready green ok okay go we you i he she team security legal compliance manager management boss qa deploy deployed deployment"
    " release released export exported merged possible necessary needed wanted copy everybody nobody everyone somebody"
)
_PLANNED: Final = frozenset(_PLANNED_WORDS.split())
"""What plans wait for: a condition that names one of these says when it is done, and not what software does."""


class Tone(NamedTuple):
    """`particular`: some that there are are named; `usual`: it is told as a rule."""

    particular: bool
    usual: bool


BLUNT: Final = Tone(particular=True, usual=False)
"""The worst."""


@lru_cache(maxsize=2_048)
def tone(wordings: tuple[str, ...], said: str) -> Tone:
    """How a step is told, by its wordings and by the request that it is a part of."""
    told = {words for wording in wordings for words in (wording, told_with(said, wording))}
    return Tone(particular=any(map(particular, told)), usual=any(map(usual, told)))


def particular(text: str) -> bool:
    """Whether some that there are are meant: an amount of them, one by name or number, those of a time, once more, by hand."""
    tokens = _tokens(text)
    if _SOMEBODYS.search(text):
        return True
    if not _MARKS.isdisjoint(tokens) or not _PAIRS.isdisjoint(pairwise(tokens)):
        return True
    return any(_once_more(tokens, at) or _counted(tokens, at) for at in range(len(tokens)))


_SOMEBODYS: Final = re.compile(r"(?<=\w )[A-Z][a-zà-ÿ]+['’]s\b")
"""“Refund | Anna's fee”."""


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(token.removesuffix("'s") for token in split_words(text))


def _once_more(tokens: Sequence[str], at: int) -> bool:
    return tokens[at] in _TWICE and not _USUALLY & set(tokens[:at])


def _counted(tokens: Sequence[str], at: int) -> bool:
    if not (tokens[at].isdigit() or tokens[at] in _NUMBERS):
        return False
    before = tokens[at - 1] if at else ""
    behind = tokens[at + 1].removesuffix("s") if at + 1 < len(tokens) else ""
    if behind in _MONEY or before in _MONEY:
        return before not in _BOUNDS
    if behind in _SPANS_OF_TIME and before in _PAST:
        return True
    if tokens[at].isdigit() and before in _CALLED:
        return True
    return behind.isalpha() and before not in _LIMITS and before not in _PAST and behind not in _UNITS


def usual(text: str) -> bool:
    """Whether it is told as a rule: automatically, every night, after five attempts, when a payment fails."""
    tokens = _tokens(text)
    if not _ALWAYS.isdisjoint(tokens):
        return True
    return any(_recurs(tokens, at) or _depends(tokens, at) for at in range(len(tokens) - 1))


def _recurs(tokens: Sequence[str], at: int) -> bool:
    word, behind = tokens[at], tokens[at + 1]
    if word in {"every", "each", "per"}:
        return at > 0 and (
            behind.removesuffix("s") in _SPANS_OF_TIME | _OCCASIONS
            or tokens[at - 1] in {"on", "after", "with", "at", "for"}
        )
    if word == "from" and behind.endswith("ing"):
        return True  # "stop the importer from swallowing errors"
    if word in {"by", "at", "on"}:
        return behind in {"default", "midnight", "night", "logout", "login", "start", "startup"}
    span = tokens[at + 2].removesuffix("s") if at + 2 < len(tokens) else ""
    return (
        word == "after"
        and (behind in {"a", "an", "one"} or behind.isdigit() or behind in _NUMBERS)
        and span != ""
    )


_OCCASIONS: Final = frozenset(
    {"time", "second", "night", "morning", "evening", "use", "request", "call", "change", "login", "run"}
)


def _depends(tokens: Sequence[str], at: int) -> bool:
    return tokens[at] in _WHEN and _PLANNED.isdisjoint(tokens[at + 1 :])


def told_with(said: str, objective: str) -> str:
    """What is to be done with the condition that it is told under: "if a payment fails, | cancel the order"."""
    at = said.lower().find(objective.lower())
    if at < 0 or not objective:
        return ""
    begin = max((match.end() for match in _ENDS.finditer(said, 0, at)), default=0)
    ahead = said[begin:at]
    condition = ahead.partition(",")[0] if _CONDITION.match(ahead) else ""
    behind = said[at + len(objective) :]
    stop = _JOINTS.search(behind)
    return f"{condition} {objective}{behind[: stop.start()] if stop else behind}"


_ENDS: Final = re.compile(r"[.!?;:](?=\s)|\n|\s[-–—*]\s")
_JOINTS: Final = re.compile(r"[.!?;,:](?=\s|$)|\n|\s[-–—]\s|\b(?:and|then|but)\b")
_CONDITION: Final = re.compile(
    r"\s*(?:if|when|whenever|once|after|every|each|as soon as|where)\b", re.IGNORECASE
)
