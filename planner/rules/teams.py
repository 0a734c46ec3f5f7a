"""Teams and what they do: "have the security team review it", "QA should test on Firefox", "Backend: …"."""

import re
from typing import NamedTuple

from planner.rules.concepts import Concept
from planner.rules.wordlist import wordlist
from planner.rules.words import form_of

_NAMES: dict[Concept, str] = {
    "security": r"security|legal|infosec|appsec|dpo|ciso|compliance|privacy team|data protection team|data protection officer|pen-?testers?",
    "qa": r"qa|testers?|test team|quality assurance",
    "database": r"dbas?|database team|data team",
    "monitoring": r"sres?|ops|operations|on-?call|noc",
    "frontend": r"front-?end|ui team|web team|client team|web ?app|web client|ui",
    "backend": r"back-?end|server team|server side|api team",
    "infra": r"platform team|infra(?:structure)?(?: team)?|dev-?ops|cloud team",
    "cicd": r"build team|ci team",
    "docs": r"docs team|documentation team|tech(?:nical)? writers?",
    "research": r"architects?|architecture (?:board|team)",
    "review": r"reviewers?|another (?:colleague|peer|developer)|a (?:colleague|peer)|a second (?:developer|pair of eyes)",
    "release": r"release managers?|release team",
}
_ANY = "|".join(f"(?P<{concept}>{names})" for concept, names in _NAMES.items())
_TEAM = rf"(?:the |our )?(?:{_ANY})\b(?: team| people| folks| guys| engineers?| developers?)?"
_THINGS = (
    "review|page|screen|team's|form|tests?|code|api|endpoint|issue|header|service|token|group|component|library|package"
    "|module|dashboard|tool|audit|scan|changes?|policy|config|configuration|environment|cluster|pipeline|work|fix"
)
"""After these a team's name only describes a thing: "the security page"."""

_SUBJECT = re.compile(
    rf"{_TEAM}\s*(?:,\s*|\s)(?:please|pls|should|must|shall|has to|have to|needs? to|ought to|will|is to|are to|can|could|would)\s+"
    r"(?:also |then |first |please )?(?!be\b|not\b)",
    re.IGNORECASE,
)
_NEEDS = re.compile(rf"{_TEAM}\s+(?:also )?(?:needs?|requires?|wants?|gets?)\s+(?!to\b)", re.IGNORECASE)
_LABEL = re.compile(
    rf"(?:{_TEAM}|(?P<db>database|db|data)|(?P<tests>tests?|testing)|(?P<docs_>docs|documentation)|(?P<ci>ci|pipeline))\s*(?::|–|—|-(?=\s))\s*",
    re.IGNORECASE,
)
_AGREES = re.compile(
    rf"{_TEAM}\s+(?=(?:also |then |first )?(?:approves|reviews|signs|confirms|has a look|takes a look)\b)",
    re.IGNORECASE,
)
_ACTS = re.compile(
    rf"{_TEAM}\s+(?:(?:also|then|first|finally) )?(?=(?P<deed>[a-z-]+s)\s+(?:the|a|an|it|them|that|this|these|those|its|our|their|all|each|every|both|through|up|out|on|over|in|one|two|three)\b)",
    re.IGNORECASE,
)
_PEOPLE: frozenset[Concept] = frozenset({"security", "qa", "monitoring", "review", "research", "release"})
"""Of the other names as many are parts of the system: "the backend returns 500"."""

_ONLY_TELLS: frozenset[str] = wordlist(
    "says reports claims complains asks wants needs finds sees notices thinks believes expects requires knows uses has is was does gets owns "
    "insists prefers likes agrees works is reads hears suspects misses lacks hates keeps blames means sits takes spends"
)
_DONE = re.compile(
    rf"{_TEAM}\s+(?:has|have|had|'s)\s+(?P<participle>\w+)(?P<rest>.*)$", re.IGNORECASE | re.DOTALL
)
_SIGNS = re.compile(
    rf"{_TEAM}\s+(?P<participle>signs?|approves?|agrees?|confirms?|gives?)\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_SIGNED_BY = re.compile(
    rf"(?:the |an? |final |written )*(?:approval|sign-?off|consent|ok|okay|green light|go-ahead|review)(?: (?:is )?given)? (?:by|from|of) {_TEAM}",
    re.IGNORECASE,
)
_BY = re.compile(
    rf"\b(?:by|from|with|let|have|get|ask|tell|involve) {_TEAM}(?!\s*(?:{_THINGS})s?\b(?! (?:the|it|this|that|them|all|our|every|each)\b))",
    re.IGNORECASE,
)


_BUILDERS: frozenset[Concept] = frozenset(
    {"backend", "frontend", "database", "infra", "cicd", "docs", "qa", "monitoring"}
)
"""What these teams need is made by them; what others want is made for them."""


class Led(NamedTuple):
    """A clause led by a team: its kind of work, where what it is to do begins, and whether that is a verb."""

    concept: Concept
    rest: int
    modal: bool
    label: bool = False
    acts: bool = False
    """Whether it is told what the team does: "QA walks through it"."""


_LABELS: dict[str, Concept] = {"db": "database", "tests": "qa", "docs_": "docs", "ci": "cicd"}
"""What only labels name: "Database: a table for comments"."""


def _concept(found: re.Match[str]) -> Concept:
    named = found.groupdict()
    known: Concept | None = next((concept for concept in _NAMES if named[concept]), None)
    if known is not None:
        return known
    return next(concept for label, concept in _LABELS.items() if named.get(label))


def led(text: str) -> Led | None:
    """“QA should test it”, "Backend needs a table", "Frontend: a save button"."""
    for pattern, modal in ((_SUBJECT, True), (_AGREES, True), (_ACTS, True), (_NEEDS, False), (_LABEL, True)):
        found = pattern.match(text)
        if found and pattern is _ACTS and not _acts(found):
            continue
        if found and found.end() < len(text) and (modal or _concept(found) in _BUILDERS):
            return Led(_concept(found), found.end(), modal, label=pattern is _LABEL, acts=pattern is _ACTS)
    return None


def _acts(found: re.Match[str]) -> bool:
    """“QA follows it word by word”: people who do something; not what they only say or want."""
    deed = found["deed"].lower()
    known = (form_of(deed) or ("", ""))[1] == "s" and deed not in _ONLY_TELLS
    return known and (_concept(found) in _PEOPLE or " team" in found[0].lower())


def asking_consent(text: str) -> Concept | None:
    """The team whose yes a sentence without a command asks for: "Security sign-off required", "Needs legal review"."""
    found = _CONSENT.match(text)
    if found is None:
        return None
    who = _WHO.search(text)
    return _concept(who) if who else None


_YES = r"(?:approval|sign-?off|consent|go-?ahead|green light|clearance|review)"
_CONSENT = re.compile(
    rf"(?:(?:this|it|that|everything|(?:the|all|any|every) [\w-]+(?: [\w-]+)?)\s+)?(?:also )?(?:needs?|requires?|must get|must have|subject to)\s+(?:(?:an?|the|final|written|formal|prior|explicit) )*"
    rf"(?:[\w-]+ ){{0,3}}{_YES}\b"
    rf"|(?:(?:final|written|formal|prior) )?(?:[\w-]+ ){{0,3}}{_YES}(?: (?:by|from|of) [\w ]{{2,40}}?)? (?:(?:is|are) )?(?:also )?(?:required|needed|necessary|mandatory)\b"
    r"|(?:(?:this|it|that|everything|the [\w-]+) )?(?:must|has to|have to|needs to|should) be (?:approved|reviewed|signed off|cleared|checked|audited) by\b",
    re.IGNORECASE,
)
_WHO = re.compile(_TEAM, re.IGNORECASE)


def done_by_team(text: str) -> tuple[Concept, str, str] | None:
    """“QA has tested it”, "sign-off by QA" → the kind of work, its participle, the rest."""
    signed = _SIGNED_BY.match(text)
    if signed:
        return _concept(signed), "sign", ""
    found = _DONE.match(text) or _SIGNS.match(text)
    return (_concept(found), found["participle"].lower(), found["rest"].strip()) if found else None


def mentioned(text: str) -> Concept | None:
    """The team that is to do it, where the words name one: "reviewed by security"."""
    found = _BY.search(text)
    return _concept(found) if found else None
