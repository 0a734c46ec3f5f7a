"""Subordinate clauses: "before deploying", "after the tests pass", "if it fails"."""

from collections.abc import Sequence
from typing import Literal

from planner.rules.lexicon import FINITE
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, form_of

Role = Literal["main", "before", "after", "condition", "unless", "while"]
"""How a segment stands to the command it hangs on: "before deploying", "after the tests pass", "if it fails"."""

SUBORDINATORS: dict[str, Role] = {
    "before": "before", "prior": "before", "after": "after", "following": "after", "once": "condition",
    "when": "condition", "whenever": "condition", "if": "condition", "as": "condition", "until": "condition",
    "upon": "condition", "unless": "unless", "while": "while",
}  # fmt: skip
_NOT_AFTER: frozenset[str] = wordlist(
    "at for of about on like check see verify test whether know decide exactly from"
)
"""“At once”, "a runbook for when …": after these no clause is subordinate to the command."""

_EVENTS: frozenset[str] = wordlist(
    "review approval tests deployment migration release sign-off signoff rollout deploy merge launch go-live cutover"
)
_PRONOUNS: frozenset[str] = frozenset({"we", "you", "it", "they", "i"})


def subordinate(row: Sequence[Word], at: int) -> tuple[Role, int] | None:
    """The role of a subordinate clause that begins here, and where its own words begin."""
    if at + 1 >= len(row) or (at and row[at - 1].lower in _NOT_AFTER):
        return None
    word, following = row[at].lower, row[at + 1].lower
    role = SUBORDINATORS.get(word)
    match word:
        case "prior":
            return (role, at + 2) if role and following == "to" else None
        case "as":
            long = at + 3 < len(row) and (following, row[at + 2].lower) in {("soon", "as"), ("long", "as")}
            return ("condition", at + 3) if long else None
        case "following" | "upon" | "while":
            gerund = (form_of(following) or ("", ""))[1] == "ing"
            return (role, at + 1) if role and (gerund or (word == "while" and following != "the")) else None
        case "before" | "after":
            return (role, at + 1) if role and _clause_follows(row, at + 1) else None
        case _:
            return (role, at + 1) if role else None


def _clause_follows(row: Sequence[Word], at: int) -> bool:
    """After "before" and "after": an -ing form, or a subject with a finite verb; not "after 14:00"."""
    if (form_of(row[at].lower) or ("", ""))[1] == "ing":
        return True
    for ahead in row[at : at + 8]:
        if ahead.lower in {",", ";", "."}:
            break
        known = form_of(ahead.lower)
        if ahead.lower in FINITE or ahead.lower in _PRONOUNS or (known and known[1] in {"s", "ed"}):
            return True
    return any(ahead.lower in _EVENTS for ahead in row[at : at + 5])
