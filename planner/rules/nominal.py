"""A deed in other words than an order: its noun ("the rotation of the keys"), its participle ("the keys rotated")."""

import re
from collections.abc import Sequence

from planner.rules.lexicon import DETERMINERS, FINITE, PREPOSITIONS
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, form_of, with_particle, words


def named_deed(told: str) -> tuple[str, str] | None:
    """“The rotation of the signing keys” → `rotate`, "the signing keys"; nothing where no deed is named."""
    row = words(told)
    at = next((n for n, word in enumerate(row) if word.lower in PREPOSITIONS), len(row)) - 1
    verb = _verb_of(row[at]) if at >= 0 else None
    if verb is None or at > _LONGEST or not all(word.is_word for word in row[: at + 1]):
        return None
    before = _ARTICLE.sub("", told[: row[at].start]).strip()
    behind = told[row[at].end :].strip()
    if behind.lower().startswith("of "):
        place = f" in {before}" if before.lower() in _PLACES else ""
        return verb, f"{behind[len('of ') :]}{place}"
    if not before and not behind:
        return None
    return verb, f"{f'the {before}' if before else 'it'} {behind}".strip()


def _verb_of(word: Word) -> str | None:
    """The verb of a noun that names a deed: "removal"; of a gerund: "scaling"."""
    lemma, tense = form_of(word.lower) or ("", "")
    return _DEEDS.get(word.lower) or (lemma if tense == "ing" and word.lower not in _THINGS else None)


_LONGEST = 4
"""Words up to the one that names the deed; what is longer is a sentence of another kind."""

_PLACES = frozenset({"production", "prod", "live", "staging"})
_THINGS: frozenset[str] = wordlist(
    "building meeting setting training listing testing hosting billing pricing"
)
_ARTICLE = re.compile(
    r"^(?:(?:the|a|an|another|our|this|that|final|actual|whole|full|planned)\b\s*)+", re.IGNORECASE
)
_DEEDS: dict[str, str] = {
    "rotation": "rotate", "revocation": "revoke", "rollout": "roll out", "roll-out": "roll out", "rollback": "roll back",
    "deployment": "deploy", "launch": "launch", "release": "release", "promotion": "promote", "activation": "activate",
    "deactivation": "deactivate", "switch-on": "turn on", "switch-off": "turn off", "switch": "switch", "switchover": "switch over",
    "switch-over": "switch over", "cutover": "cut over", "failover": "fail over", "move": "move", "migration": "migrate",
    "removal": "remove", "deletion": "delete", "purge": "purge", "backfill": "backfill", "correction": "correct", "repair": "repair",
    "restore": "restore", "restoration": "restore", "upgrade": "upgrade", "replacement": "replace", "renewal": "renew",
    "restart": "restart", "reboot": "reboot", "shutdown": "shut down", "retirement": "retire", "installation": "install",
    "conversion": "convert", "anonymisation": "anonymise", "anonymization": "anonymize", "cleanup": "clean up", "resize": "resize",
    "resizing": "resize", "truncation": "truncate", "publication": "publish", "replay": "replay", "refund": "refund",
}  # fmt: skip
"""Nouns that name what is done, and its verb."""


def done_deed(told: str) -> tuple[str, str] | None:
    """“The signing keys rotated by Friday” → `rotate`, "the signing keys by Friday"; nothing where no thing is named."""
    row = words(told)
    at = next((n for n in range(1, len(row)) if _is_done(row, n)), None)
    if at is None or not _NAMED.match(told) or any(word.lower in _CLAUSES for word in row[:at]):
        return None
    verb, end = (form_of(row[at].lower) or ("", ""))[0], row[at].end
    joined = with_particle(verb, row[at + 1].lower) if at + 1 < len(row) else None
    verb, end = (joined, row[at + 1].end) if joined else (verb, end)
    return verb, f"{told[: row[at].start].strip()}{told[end:]}"


def _is_done(row: Sequence[Word], at: int) -> bool:
    """A participle that closes the words of a thing: "the affected orders | corrected"."""
    if (form_of(row[at].lower) or ("", ""))[1] != "ed" or row[at - 1].lower in DETERMINERS | PREPOSITIONS:
        return False
    following = row[at + 1] if at + 1 < len(row) else None
    closes = following is None or following.lower in _BEHIND_DONE or not following.is_word
    return closes or with_particle((form_of(row[at].lower) or ("", ""))[0], row[at + 1].lower) is not None


_BEHIND_DONE = PREPOSITIONS | wordlist(
    "today tonight tomorrow now again everywhere asap this next first once properly too as and"
)
_CLAUSES = FINITE | wordlist("that which who where when if , to")
_NAMED = re.compile(
    r"(?:the|our|all|both|these|those|my|their|its|every|\d)\b|[A-Z0-9]|[\w-]+\.[\w.]+ ", re.ASCII
)
