"""What a text claims about its own risk, which settles nothing."""

import re

from planner.rules.verbs import verb_at
from planner.rules.words import lemma_of, words


def beside_claim(text: str) -> str | None:
    """What follows the claim of a text that orders nothing else; `None` where a text is no mere claim."""
    claim = _CLAIM.search(text)
    if claim is None or _commands_beside(text):
        return None
    beside = _BESIDE.match(text, claim.end()) if _waved_away(text) else None
    return text[beside.end() :] if beside else ""


_CLAIM = re.compile(
    r"\b(?:low|no|zero|minimal)[- ]risk\b|\brisk(?:[- ]level)?\s*[:=]\s*\w+|\b(?:ignore|skip|bypass|disregard|override|forget)\s+(?:\w+\s+){0,3}?(?:rules?|polic(?:y|ies)|instructions?|approvals?|gates?|guardrails?|review process|restrictions)\b"
    r"|\bpre-?approved\b|\balready (?:been )?approved\b|\b(?:environment|env)\s*[=:]\s*(?:dev|test|local|sandbox|stag|qa|uat|prod|non)\w*|\b(?:risk_?level|approval|approved|gate[sd]?)\s*[=:]\s*\S+|\bno (?:approvals?|gates?|reviews?|sign-?offs?)(?: is| are)? (?:needed|required|necessary)\b|\bsafe to (?:run|auto-?approve)\b|\bauto-?approve\b"
    r"|\b(?:this|it) is (?:just |only )?(?:a |an )?(?:dev|test|harmless|trivial|safe|routine|low|minor)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"\s*(?:,|;|:|and|but|then|&)+\s+(?:then\s+|just\s+|please\s+)*", re.IGNORECASE)
"""After "ignore the policy" an order may follow."""


def _commands_beside(text: str) -> bool:
    """Whether a sentence with a claim in it commands something all the same."""
    row = words(text)
    if verb_at(row, 0, initial=True) is None:
        return False
    return not _waved_away(text)


def _waved_away(text: str) -> bool:
    """Whether a text begins by telling to pass over something: "ignore the policy"."""
    row = words(text)
    return bool(row) and lemma_of(row[0].lower) in _WAVES


_WAVES: frozenset[str] = frozenset({"ignore", "skip", "bypass", "disregard", "override", "forget"})
