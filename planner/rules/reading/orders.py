"""A segment that orders something, or asks a question."""

import re
from collections.abc import Sequence

from domain.clause import Clause
from planner.rules.lexicon import DETERMINERS, FINITE, NOUN_TOO, PARTICLES
from planner.rules.reading.phrase import Phrase, Said, phrased
from planner.rules.reading.wording import INNER, is_form
from planner.rules.unheard import unheard_verb
from planner.rules.verbal import limited, plain, verbal
from planner.rules.verbs import verb_at
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, form_of


def ordered(said: Said) -> Phrase | None:
    if said.question and said.mood == "none" and _WH.match(said.rest):
        return Phrase(plain(said.text, "question"), said.cue)
    at = verb_at(said.row, 0, initial=True)
    if at is None and unheard_verb(said.row, 0):
        at = 0
    if at is None or _is_subject(said.row, at):
        return None
    if said.mood == "wish" and said.row[at].lower in NOUN_TOO:
        return None
    if (
        said.question
        and said.row[at].lower in {"tell", "explain", "say", "clarify", "know"}
        and _WONDERS.search(said.rest)
    ):
        return Phrase(plain(said.text, "question"), said.cue)
    return phrased(said, _forbidding(limited(verbal(said.text, said.rest, said.row, at))))


_WH = re.compile(
    r"^(?:what|why|who|whom|whose|which|where|when|how|is|are|was|were|does|do|did|has|have|should|will|am|can|could|would|may|might|isn't|aren't|doesn't|don't)\b",
    re.IGNORECASE,
)
_WONDERS = re.compile(r"\b(?:what|why|how|whether|which|who|where|when|if)\b", re.IGNORECASE)


def _forbidding(clause: Clause) -> Clause:
    """“Order nothing yet” is a limit; “verify nobody reads them” is work."""
    if clause.verb not in _CHECKS and re.match(
        r"(?:nothing|nobody|no one|none)\b", clause.object, re.IGNORECASE
    ):
        return clause.model_copy(update={"kind": "constraint", "negated": True})
    return clause


_CHECKS: frozenset[str] = wordlist("verify check confirm validate double-check prove")


def _is_subject(row: Sequence[Word], at: int) -> bool:
    """“Test coverage dropped”: what looked like a command is what a statement speaks of."""
    if row[at].lower not in NOUN_TOO or at + 2 >= len(row) or row[at + 1].lower in DETERMINERS:
        return False
    told = row[at + 1 : at + 3] if row[-1].lower != "times" else row[at + 1 : at + 2]
    if any(is_form(word.lower, "s") and word.lower in FINITE for word in told):
        return True
    if _plural_does(row, at + 1):
        return True
    ahead = [word.lower for word in row[at + 1 : at + 6]]
    stop = next(
        (n for n, word in enumerate(ahead) if word in INNER or (word in {",", "to"} and n == 0)), len(ahead)
    )
    return any(word in _MODALS for word in ahead[1:stop])


_MODALS: frozenset[str] = wordlist("must should shall")


def _plural_does(row: Sequence[Word], at: int) -> bool:
    """“Queue workers run out of capacity”: a plural and what it does, rather than what is done to it."""
    if at + 2 >= len(row) or not row[at].lower.endswith("s") or row[at].lower.endswith("ss"):
        return False
    lemma, tense = form_of(row[at + 1].lower) or ("", "")
    if tense == "base" and lemma in _HAS and row[at + 2].lower in {"the", "a", "an", "no", "their"}:
        return True  # "Credit notes use the wrong rate"
    if row[at + 1].lower in _HAPPENS:
        return True  # "Access tokens appear in the logs"
    return tense == "base" and row[at + 2].lower in {"out", "away", *PARTICLES.get(lemma, ())}


_HAPPENS: frozenset[str] = wordlist(
    "appear occur disappear vanish arrive remain accumulate seem exist overflow linger"
)
_HAS: frozenset[str] = wordlist("use show have contain need lack miss get take lose cause include carry")
