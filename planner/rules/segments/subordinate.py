"""Subordinate clauses: "before deploying", "after the tests pass", "if it fails"."""

import re
from collections.abc import Sequence
from typing import Literal

from planner.rules.lexicon import FINITE, PREPOSITIONS
from planner.rules.verbs import verb_at
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, form_of

Role = Literal["main", "before", "after", "condition", "unless", "while"]
"""How a segment stands to the command it hangs on: "before deploying", "after the tests pass", "if it fails"."""

SUBORDINATORS: dict[str, Role] = {
    "before": "before", "prior": "before", "after": "after", "following": "after", "once": "condition",
    "when": "condition", "whenever": "condition", "if": "condition", "as": "condition", "until": "condition", "provided": "condition", "providing": "condition", "assuming": "condition",
    "upon": "condition", "unless": "unless", "while": "while",
}  # fmt: skip
ALL_DONE = re.compile(
    r"(?:all|everything|all (?:of )?(?:this|that|these|them)|all (?:the |of the )?(?:steps|parts|pieces)) (?:else )?(?:is|are|has been|have been) "
    r"(?:done|ready|in place|there|finished|complete|completed|in)\b",
    re.IGNORECASE,
)
"""A condition that waits for all that was told before it."""

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
    if word in {"until", "till"} and following == "then":
        return None
    match word:
        case "prior":
            return (role, at + 2) if role and following == "to" else None
        case "as":
            long = at + 3 < len(row) and (following, row[at + 2].lower) in {("soon", "as"), ("long", "as")}
            return ("condition", at + 3) if long else None
        case "provided" | "providing" | "assuming":
            return _granted(row, at + 1)
        case "following" | "upon" | "while":
            gerund = (form_of(following) or ("", ""))[1] == "ing"
            return (role, at + 1) if role and (gerund or (word == "while" and following != "the")) else None
        case "before" | "after":
            if at and row[at - 1].lower in _PROMPTS:
                return None
            if _points_back(row, at + 1) or (at and row[at - 1].lower in _SPANS and _ends_there(row, at + 1)):
                return None
            return (role, at + 1) if role and _clause_follows(row, at + 1) else None
        case "if" if at and row[at - 1].lower in _WELCOMES:
            return None
        case "once" if following in PREPOSITIONS | _COUNTED:
            return None
        case _:
            return (role, at + 1) if role else None


_WELCOMES: frozenset[str] = wordlist("great nice good fine lovely helpful appreciated grateful")
"""“It would be great if you could rotate the keys": how it is asked, no condition."""

_COUNTED: frozenset[str] = wordlist("a more again only daily weekly and , .")
"""“Run it once by hand", "once a day": how often, rather than when."""


def _granted(row: Sequence[Word], at: int) -> tuple[Role, int] | None:
    """“Provided (that) it does not fall": a clause follows, not a thing that was provided."""
    start = at + (row[at].lower == "that")
    held = any(
        word.lower in FINITE or (form_of(word.lower) or ("", ""))[1] == "s"
        for word in row[start + 1 : start + 7]
    )
    return ("condition", start) if held and row[at].lower != "by" else None


def _points_back(row: Sequence[Word], at: int) -> bool:
    """“Before that the check has to come out”: the pronoun is no subject, it stands for what was said."""
    if row[at].lower not in {"that", "this", "then", "these", "those"} or at + 1 >= len(row):
        return False
    following = row[at + 1].lower
    return following not in FINITE and (form_of(following) or ("", ""))[1] not in {"s", "ed"}


_PROMPTS: frozenset[str] = wordlist("asks ask warns warn confirms confirmation prompts prompt reminds twice")
"""“A dialog that asks before deleting”: what the dialog does, not what is to be done."""


def _ends_there(row: Sequence[Word], at: int) -> bool:
    """“The Monday after, …”, "the week after | scale it down": nothing hangs on the word of time."""
    return not row[at].is_word or verb_at(row, at, initial=True) is not None


_SPANS: frozenset[str] = wordlist(
    "day days night morning evening week weeks weekend month months sprint quarter year hour hours minute minutes "
    "monday tuesday wednesday thursday friday saturday sunday"
)


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
