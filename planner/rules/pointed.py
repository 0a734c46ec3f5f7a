"""A deed that is first only spoken of and then pointed at: “write down how to drop the table, then do it” drops it."""

import re

from planner.rules.wordlist import wordlist
from planner.rules.words import form_of


def meant(text: str) -> str:
    """The same with what is pointed at: “write down how to drop the table, then drop the table”."""
    return _POINTED.sub(_said, text) if _POINTS.search(text) else text


def _said(found: re.Match[str]) -> str:
    deed = _deed(found["deed"], named=found["about"].lower() == "the")
    if deed is None:
        return found[0]
    joint = ". Then " if "." in found["joint"] else ", then "
    return f"{found.string[found.start() : found.end('deed')]}{joint}{deed}"


def _deed(told: str, *, named: bool) -> str | None:
    first, _, rest = told.partition(" ")
    if named:
        return f"carry out the {told}" if first.lower() in _DEEDS else None
    lemma, tense = form_of(first.lower()) or ("", "")
    return f"{lemma} {rest}".rstrip() if tense in _VERBAL else None


_VERBAL = frozenset({"base", "ing", "s"})
_DEEDS: frozenset[str] = wordlist(
    "deletion removal deployment migration rollout rollback shutdown failover cutover switchover upgrade rotation restoration"
    " purge truncation publication activation deactivation rename anonymisation anonymization"
)

_DO = (
    r"(?:do (?:it|so|that|this|them)|go ahead(?: with (?:it|that|them))?|proceed(?: with (?:it|that|them))?"
    r"|carry (?:it|them|that|this) out|carry out (?:it|them|the \w+)|(?:follow|execute|run|perform|apply) (?:it|them|that|this|the (?:document|plan|steps|runbook|script|procedure|instructions|guide))"
    r")\b(?! (?:up|by hand first)\b)"
)
_POINTS = re.compile(rf"\b{_DO}", re.IGNORECASE)

_TALKS = (
    r"(?:plan|document|describe|explain|outline|draft|write(?: down| up)?|prepare|note|check|investigate|find out|see|evaluate|assess|decide"
    r"|consider|simulate|rehearse|work out|figure out|think about|propose|create|build)"
)
_ABOUT = (
    r"(?:(?:on )?how (?:to|we (?:can|could|would|should)|you would)|(?:whether|if) (?:to|(?:we|it|you|i) (?:can|could|should|may)(?: be)?)"
    r"|(?:(?:the|a|an|our|some|short|exact|step-by-step) )*(?:steps?|procedure|commands?|runbook|script|guide|plan|document|instructions|notes?|checklist|release notes)"
    r" (?:for|to|of|that|which|on how to|saying (?:that )?(?:we|you) (?:should|must|will|have to))|the)"
)
_POINTED = re.compile(
    rf"\b{_TALKS} (?P<about>{_ABOUT}) (?P<deed>\w[^.,;:\n]{{2,120}}?)"
    rf"(?P<joint>(?:\s*[.;,:–-]+\s*|\s+)(?:(?:and|then|if so|if yes|if possible|after that|afterwards|finally|please|also|really|actually|now|just)[\s,]+)+)"
    rf"{_DO}",
    re.IGNORECASE,
)
