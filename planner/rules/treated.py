"""“Release notes for the last 7 commits, checked for gaps, published to production”: a thing, and what is done to it.

Such a sentence orders nothing by a verb of its own: its participles are the work, in the order in which they stand.
"""

import re

from planner.rules.kinds.leanings import kind_of
from planner.rules.lexicon import DONE_TO, FINITE
from planner.rules.verbs import verb_at
from planner.rules.wordlist import wordlist
from planner.rules.words import form_of, words

_TREATED: frozenset[str] = DONE_TO | wordlist(
    "check verify validate proofread sign upload send merge announce archive print compile commit push roll"
)
_BETWEEN = re.compile(r"\s*,\s*(?:and\s+|then\s+)*|\s+(?:and then|and|then)\s+", re.IGNORECASE)
_TEXTS = frozenset({"docs", "release", "research"})
_LONGEST_THING = 14
"""Words of the thing; a longer stretch is a sentence of another kind."""


def spelled_out(sentence: str) -> str:
    """The same as orders: “write release notes …, check them for gaps, publish them to production”."""
    stretches = _BETWEEN.split(sentence)
    thing = stretches[0]
    steps = [_order(stretch) for stretch in stretches[1:]]
    if not steps or "," not in sentence or None in steps or not _names(thing):
        return sentence
    kind = kind_of(None, thing)
    verb = "write" if kind is not None and kind.concept in _TEXTS else "build"
    start = thing if thing[:2].isupper() else f"{thing[:1].lower()}{thing[1:]}"
    pronoun = "them" if _many(thing) else "it"
    orders = [step.format(pronoun) for step in steps if step is not None]
    return f"{verb.capitalize()} {start}, then {', then '.join(orders)}"


def _names(thing: str) -> bool:
    """Whether a stretch only names: no verb commands in it, none is told."""
    row = words(thing)
    told = any(word.lower in FINITE for word in row)
    return 0 < len(row) <= _LONGEST_THING and not told and verb_at(row, 0, initial=True) is None


def _order(stretch: str) -> str | None:
    """“checked for gaps” → "check {} for gaps"; nothing where it does not begin with what is done to a thing."""
    first, _, rest = stretch.partition(" ")
    lemma, tense = form_of(first.lower()) or ("", "")
    done = tense == "ed" or lemma == "proofread"
    if not done or lemma not in _TREATED or "{" in rest:
        return None
    return f"{lemma} {{}} {rest}".rstrip()


def _many(thing: str) -> bool:
    head = re.split(r"\s+(?:for|of|on|in|with|from|about|to)\s", thing, maxsplit=1)[0]
    return head.lower().endswith("s") and not head.lower().endswith("ss")
