"""What a text says will be brought to people, as a plan rather than an order: “it goes live on the 9th”, “live by 1 March”."""

import re

from planner.rules.reading.phrase import Phrase, Said, phrased
from planner.rules.verbal import made


def dated(said: Said) -> Phrase | None:
    """Such a plan asks for the bringing, unless something else in the request asks for it already."""
    if said.question or _NOT.search(said.rest):
        return None
    named = _NAMED.match(said.rest)
    if named is not None:
        return _brought(said, f"it {named['rest']}")
    told = _TOLD.match(said.rest)
    if (
        told is None
        or not (said.planned or _WHEN_OR_WHOM.search(told["rest"]))
        or _SENT.search(told["thing"])
    ):
        return None
    return _brought(said, f"{told['thing']} {told['rest']}")


def _brought(said: Said, target: str) -> Phrase:
    return phrased(said._replace(mood="plan", team="release"), made(said.text, "release", target.strip()))


_TIME = (
    r"(?:(?:on|by|before|from|at|in|until|after|next|this|tomorrow|tonight|today)\b\s*)?(?:the |early |late |mid-?|end of |next |this )*"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|q[1-4]|week|month|\d{1,2}(?:st|nd|rd|th)?\b|easter|christmas|summer|autumn|spring|winter|tomorrow|tonight|today|noon|midnight)"
)
_WHEN_OR_WHOM = re.compile(
    rf"\b(?:on|by|before|from|at|in|next|this|tomorrow|tonight|today)\b.*?{_TIME}|^\s*{_TIME}|^\s*first\b"
    r"|\bwith (?:the |our )?(?:[\w]+['’]s (?:[\w-]+ )?(?:release|train|deployment|version|update|batch|wave|drop)|(?:next|coming) (?:release )?train)\b"
    r"|\b(?:for|to|with) (?:the |all |our |every|\d|half\b|a (?:few|handful))|\b(?:in|for|to) [A-Z]",
    re.IGNORECASE,
)
BROUGHT = r"(?:released|launched|rolled out|deployed|shipped|switched on|turned on|enabled)"
"""What is done to a thing that goes out."""

_BE = rf"(?:{BROUGHT}|live|online|in production|out|in front of|in the hands of|with (?:all |our )?customers|open to)"
_TOLD = re.compile(
    r"(?P<thing>(?:(?i:it|this|that|they|everything|all of it)|(?i:the|our|this|these|a|an) (?:[\w.'’/-]+ ){0,6}?[\w.'’/-]+|[A-Z][\w.'’/-]*(?: [\w.'’/-]+){0,4}?))\s+(?:then |also |only |finally |all |first )?"
    rf"(?:goes? (?:live|out (?:to|with)|online)|ships?(?= (?:to|with|on|in)\b)|rolls? out|(?:will|should|shall|must|has to|have to|needs? to|is to|are to|is going to|is supposed to|is planned to) (?:go (?:live|out|online)|be {_BE}|ship\b|launch|roll out)"
    rf"|(?:is|are|gets?) {BROUGHT})\b(?P<rest>.*)$",
    re.DOTALL,
)
_SENT = re.compile(
    r"(?:mails?|newsletters?|letters?|invoices?|bills?|reminders?|notifications?|statements?|reports?|payslips?|orders?|parcels?|payments?|messages?)$",
    re.IGNORECASE,
)
"""What goes out by itself: “the invoices go out on the 1st”."""

_NAMED = re.compile(
    rf"(?:(?:live|online|in production|(?:goes|to go) (?:live|out))(?=\s+(?:on|by|before|from|in|at|for|with|to|next|this|tomorrow|tonight)\b)|(?:the |a |with )?(?:go-live|rollout|roll-out|launch)(?=\s+(?:{_TIME}|(?:to|for|in) (?:the |all |our |every|\d|[A-Z]))))\s+(?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_NOT = re.compile(
    r"\b(?:not|never|no|until|whenever|every time|already|was|were|had)\b|n['’]t\b", re.IGNORECASE
)
