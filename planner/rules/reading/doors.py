"""Who is to get in or out, and what is to go, told as it should be: “Maria needs admin rights”, “the old box can go”."""

import re

from planner.rules.reading.passives import OPERATED
from planner.rules.reading.phrase import Phrase, Said, phrased
from planner.rules.verbal import made
from planner.rules.words import lemma_of


def doors(said: Said) -> Phrase | None:
    """The order that such a sentence stands for."""
    if said.question or said.listed or _NOT.search(said.rest):
        return None
    gets = _GETS.match(said.rest)
    if gets is not None and not _FEATURE.match(gets["who"]):
        return _ordered(said, "grant", f"{gets['what']}{gets['rest']} to {gets['who']}")
    loses = _LOSES.match(said.rest)
    if loses is not None and not _FEATURE.match(loses["who"]):
        return _ordered(said, "revoke", f"{loses['what']}{loses['rest']} of {loses['who']}")
    ends = _ENDS.match(said.rest)
    if ends is not None:
        return _ordered(said, "revoke", f"{ends['what']}{ends['rest']}")
    goes = _GOES.match(said.rest)
    if goes is None:
        return None
    lemma = lemma_of(goes["deed"].lower()) if goes["deed"] else "remove"
    return _ordered(said, lemma, f"{goes['thing']}{goes['rest']}") if lemma in OPERATED else None


def _ordered(said: Said, verb: str, target: str) -> Phrase:
    return phrased(said._replace(mood="statement"), made(said.text, verb, target))


_NOT = re.compile(
    r"\b(?:not|never|no longer|only|until|already|unless|whenever|by (?:an? |the )?(?:admins?|users?|owners?|customers?|members?|editors?))\b|n['’]t\b",
    re.IGNORECASE,
)
_WHO = r"(?P<who>(?!The |Our |All |These |Those |Both |We |It |They |This |That )[A-Z][\w'’-]+(?: (?:and )?[A-Z][\w'’-]+)*|(?i:the|our|these|those|both|all) (?:[\w-]+ ){0,3}?[\w-]+)"
_RIGHT = r"(?P<what>(?:an? |the |their |his |her )?(?:[\w-]+ ){0,3}?(?:access|rights|permissions?|role|login))\b(?P<rest>.*)$"
_GETS = re.compile(
    rf"{_WHO} (?:also |now |then )?(?:needs?|gets?|receives?|(?:should|must|will|shall) (?:also )?(?:get|have|receive)|(?:has|have) to (?:get|have)) {_RIGHT}",
    re.DOTALL,
)
_LOSES = re.compile(
    rf"{_WHO} (?:also |now |then )?(?:loses?|(?:should|must|will|shall) (?:also )?lose|(?:has|have) to lose) {_RIGHT}",
    re.DOTALL,
)
_ENDS = re.compile(
    r"(?P<what>(?:(?i:the|their|his|her|our) |[A-Z][\w-]+['’]s? )(?:[\w'’-]+ ){0,3}?(?:access|account|login|rights|permissions)) (?:ends?|expires?|goes|(?:must|should|has to|have to|needs? to|is to) (?:end|expire|go))\b(?P<rest>.*)$",
    re.DOTALL,
)
_FEATURE = re.compile(
    r"(?:the |our |all |these )*(?:[\w-]+ )*(?:users?|customers?|visitors?|members?|page|form|screen|service|api|endpoint|app|list|button|view)$",
    re.IGNORECASE,
)
"""What these are to have is built, not handed out."""

_OLD = r"(?:old|legacy|unused|obsolete|former|temporary|stale|orphaned|dead|deprecated|superfluous|redundant|abandoned|leftover|forgotten)"
_GOES = re.compile(
    rf"(?P<thing>(?:the|our|all|both|these|those) (?:[\w-]+ ){{0,2}}?{_OLD}\b[^,;]{{0,50}}?) (?:can|may|should|must|could|has to|have to|is to|are to) (?:then |now |also |all )?(?:go|disappear|be (?P<deed>\w+))\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
