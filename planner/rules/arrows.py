"""Arrows as people write them in a hurry: “prod api: 6 -> 12 replicas”, “token leaked -> revoke asap”."""

import re

from planner.rules.lexicon import NOUN_TOO
from planner.rules.words import form_of


def without_arrows(text: str) -> str:
    """The same in words: "Raise prod api from 6 to 12 replicas", "token leaked: revoke asap"."""
    if not _ARROW.search(text):
        return text
    changed = _CHANGE.fullmatch(text)
    if changed is not None:
        up, share = float(changed["new"]) > float(changed["old"]), "%" in changed["unit"]
        verb = _VERBS[up, share]
        return f"{verb} {changed['thing']} from {changed['old']}{changed['unit']} to {changed['new']}{changed['rest']}"
    return _ARROW.sub(_colon, text)


_VERBS = {
    (True, True): "Ramp up",
    (False, True): "Ramp down",
    (True, False): "Raise",
    (False, False): "Lower",
}
"""What grows and is a share of a whole is mostly those who get something."""

_ARROW = re.compile(r"\s*(?:->|=>|→|⇒)\s*(?=(?P<next>[\w-]+))")
_CHANGE = re.compile(
    r"(?P<thing>[^\n;,.:]{2,60}?):? (?P<old>\d+(?:\.\d+)?)(?P<unit>(?: ?%)?)\s*(?:->|=>|→|⇒)\s*(?P<new>\d+(?:\.\d+)?)(?P<rest>(?: ?%)?(?: [^\n;,.]{1,60})?)",
)


def _colon(found: re.Match[str]) -> str:
    """An arrow before an order ends what was told; one between two things stays."""
    word = found["next"].lower()
    ordered = (form_of(word) or ("", ""))[1] == "base" and word not in NOUN_TOO
    return ": " if ordered else found[0]
