"""When something is to happen: “on Thursday …”, “a week earlier …”, “by then …” at the head of a clause."""

import re
from typing import Literal, NamedTuple

from planner.rules.wordlist import wordlist

Turn = Literal["none", "then", "earlier"]


class Moment(NamedTuple):
    """Where the words of time end, and what they say of the order."""

    end: int
    turn: Turn


_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_SPAN = r"(?:minutes?|hours?|days?|nights?|mornings?|afternoons?|evenings?|weekends?|weeks?|fortnight|months?|quarters?|years?|sprints?)"
_CLOCK = r"(?:\d{1,2}[:.]\d\d(?: ?[ap]m)?|\d{1,2} ?(?:[ap]m|o'clock)|noon|midnight|midday)"
_DATE = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?: \d{{4}})?|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)|\d{{4}}-\d\d-\d\d|q[1-4]|week \d{{1,2}})"
_WINDOW = rf"(?:maintenance |change |quiet )?(?:window|freeze|shift|break|holidays?)|business hours|office hours|{_SPAN}"
_TIME = rf"(?:{_DATE}|{_DAY}(?:['’]s)?(?: (?:{_WINDOW}))?|{_CLOCK}|{_MONTH}|{_WINDOW}|tonight|tomorrow(?:['’]s)?|today|christmas|easter|new year)"
_COUNT = r"(?:an?|one|two|three|four|five|six|seven|eight|ten|twelve|\d+|a few|a couple of|several)"
_SOME = rf"(?:the|this|that|next|coming|same|very|following|first|second|third|fourth|last|previous|early|late|end of|beginning of|start of|middle of|night to|quiet|{_COUNT})"
_NAMED = rf"(?:{_SOME} )*{_TIME}(?: (?:at|on|of|in|to|and|until|till|from)? ?(?:{_SOME} )*{_TIME})*"
_QUIETLY = r"(?:without|with no) (?:[\w-]+ ){0,3}?(?:complaints?|incidents?|errors?|problems?|issues?|trouble|objections?|alarms?|alerts?|regressions?|tickets?)"
_SIDE = r"later(?: on)?|after(?:wards)?|thereafter|from now|earlier|before(?:hand)?|prior|ahead"
_MOMENT = re.compile(
    r"(?:"
    rf"(?:on|at|by|from|until|till|during|in|over|within|between|starting|as of|before|after) {_NAMED}(?: {_QUIETLY})?(?: (?:(?P<side>{_SIDE})|on(?:wards)?))?"
    rf"|(?:the |{_COUNT} )(?:\w+ )?(?:{_SPAN}|{_DAY}) (?P<far>{_SIDE})(?: (?:that|this))?"
    r"|(?P<until>(?:by|until|till|before) then|up to then|ahead of (?:that|this|it))"
    r"|(?P<straight>(?:right|straight|directly|immediately|shortly|soon) after(?:wards| (?:that|this))?)"
    rf"|(?:tomorrow|tonight|(?:next|this|the (?:next|following|same)) (?:{_SPAN}|{_DAY}))(?: (?:at )?{_TIME})*"
    r")(?![\w-])\s*[,:–]?\s*",
    re.IGNORECASE,
)
_HEADS: frozenset[str] = wordlist(
    "on at by from until till during in over within between starting as before after the a an one two three four five six seven "
    "eight ten twelve several up ahead right straight directly immediately shortly soon tomorrow tonight next this"
)


def moment_at(text: str, at: int) -> Moment | None:
    """The words of time that a clause begins with here; nothing where they are all that is left."""
    if not _may_begin(text, at):
        return None
    found = _MOMENT.match(text, at)
    if found is None or found.end() >= len(text) or _GOES_ON.match(text, found.end()):
        return None
    if _BEFORE_WHAT.search(found[0]) and _WHAT.match(text, found.end()):
        return None
    return Moment(found.end(), _turn(found))


def _may_begin(text: str, at: int) -> bool:
    first = text[at : at + 12].split(" ", 1)[0].lower()
    return first in _HEADS or first[:1].isdigit()


def _turn(found: re.Match[str]) -> Turn:
    if _AFTERWARDS.match(found[0]):
        return "then"
    side = (found["side"] or found["far"] or "").lower()
    if found["until"] or side.startswith(("earlier", "before", "prior", "ahead")):
        return "earlier"
    return "then" if side or found["straight"] else "none"


_GOES_ON = re.compile(
    r"(?:is|are|was|were|has|have|had|will be|would be|of|for|with|than|that|which|old|long|ago|and|or)\b|[.!?)]",
    re.IGNORECASE,
)
"""“A week later is too late”, "two days of work": the words of time are no head of a clause."""

_BEFORE_WHAT = re.compile(r"\bbefore $", re.IGNORECASE)
_WHAT = re.compile(r"(?:the|a|an|our|it|we|they|\w+ing)\b", re.IGNORECASE)
"""“The day before the launch …” names its day by what follows."""

_AFTERWARDS = re.compile(rf"after {_COUNT} (?:more )?{_SPAN}", re.IGNORECASE)
_LAST = re.compile(
    r"[\s,]+(?:(?P<then>(?:right|straight|directly|immediately|shortly|soon) after|(?:(?:right|straight|directly|immediately|shortly|soon) )?after(?:wards?| that)|thereafter|subsequently|later on)"
    rf"|(?:(?:the |{_COUNT} )(?:\w+ )?(?:{_SPAN}|{_DAY}) (?P<later>later|after(?:wards)?))"
    rf"|(?:(?:the |{_COUNT} )(?:\w+ )?(?:{_SPAN}|{_DAY}) (?P<sooner>earlier|before(?:hand)?)))\s*$",
    re.IGNORECASE,
)


def last_moment(text: str) -> tuple[str, Turn]:
    """What words of time at the end tell of the order: "delete the code the week after"."""
    found = _LAST.search(text) if _TELLS_LAST.search(text[-14:]) else None
    if found is None or not found.start():
        return text, "none"
    # How long it is to wait stays to be read; a mere "afterwards" has said all it has to say.
    return text[: found.start()] if found["then"] else text, "earlier" if found["sooner"] else "then"


_TELLS_LAST = re.compile(r"after|later|earlier|before", re.IGNORECASE)
