"""One segment read: what is asked, of what, where, and in which manner."""

import re

from domain.clause import Clause
from planner.rules.lexicon import DETERMINERS
from planner.rules.noun_or_verb import noun_too
from planner.rules.openings import Cue, opening_of
from planner.rules.reading.claims import beside_claim
from planner.rules.reading.coming import allowed, requested
from planner.rules.reading.endings import without_end
from planner.rules.reading.orders import ordered
from planner.rules.reading.passed_on import passed_on
from planner.rules.reading.phrase import Phrase, Said, phrased
from planner.rules.reading.statements import stated
from planner.rules.reading.wishes import wished
from planner.rules.teams import led
from planner.rules.verbal import made, plain, verbal
from planner.rules.verbs import verb_at
from planner.rules.words import form_of, words


def read(
    text: str, *, cue: Cue = "none", question: bool = False, listed: bool = False, planned: bool = False
) -> Phrase:
    """Read one segment on its own. `question`: its sentence ends with a question mark; `listed`: a list item;
    `planned`: a condition stands before it.
    """
    beside = beside_claim(text)
    if beside is not None:
        other = read(beside, cue=cue, question=question, listed=listed) if beside else None
        orders = other is not None and other.clause.kind == "action" and other.clause.object
        return other if other is not None and orders else Phrase(plain(text, "note"), cue)
    bound = _ONLY.match(text)
    if bound is not None and verb_at(words(text[bound.end() :]), 0, initial=True) is None:
        return Phrase(plain(text, "context"), cue)
    if _JUST_ASKS.match(text):
        return Phrase(plain(text, "question"), cue)
    opening = opening_of(text)
    heard = opening.cue if opening.cue != "none" else cue
    rest, trailing = without_end(text[opening.rest :].strip())
    heard = trailing if heard == "none" else heard
    denied = _NEGATION.match(rest)
    if denied and denied.end() < len(rest):
        return Phrase(_denied(text, rest[denied.end() :]), heard)
    planned = planned or opening.timed or opening.cue != "none"
    said = Said(text, rest, words(rest), heard, opening.mood, question, listed, planned=planned)
    return (
        _led(said)
        or passed_on(said)
        or requested(said)
        or allowed(said)
        or ordered(said)
        or wished(said)
        or stated(said)
    )


_ONLY = re.compile(
    r"(?:for )?(?:[\w-]+ ){0,2}[\w-]+ only\s*(?:[:.,;!–—]|$)|(?:for your information|fyi)\b|no (?:further )?(?:action|work)\b|nothing (?:to do|needs doing)\b",
    re.IGNORECASE,
)
"""“Report only: …”, "staging only": how far it goes, not what is to be done."""

_JUST_ASKS = re.compile(
    r"(?:(?:i['’]m|i am|we['’]re|we are) )?(?:(?:just|only|merely) (?:asking|wondering|curious|a question)"
    r"|asking (?:for|before|because|out of|in case)|out of curiosity|being curious)\b(?! (?:if|whether) (?:you|we) (?:can|could|would))",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"(?:please\s+)?(?:(?:you |we |i |they |it )?(?:do not|don't|don’t|does not|must not|mustn't|should not|shouldn't|cannot|can't|can not|may not|shall not|won't|will not|are not to|is not to|never|not to|not|no need to|without|avoid|refrain from|rather than|instead of)\b)\s*(?:(?:you|we|to|ever|yet|need to|have to|want to|want you to|be|let)\s+){0,3}",
    re.IGNORECASE,
)


def _denied(text: str, rest: str) -> Clause:
    row = words(rest)
    if not row:
        return plain(text, "constraint")
    return verbal(text, rest, row, 0).model_copy(update={"kind": "constraint", "negated": True})


def _led(said: Said) -> Phrase | None:
    """“QA should test on Firefox”, "Backend needs a table", "Frontend: a save button"."""
    found = led(said.rest)
    if found is None:
        return None
    rest = _third_person(said.rest[found.rest :])
    row = words(rest)
    inner = said._replace(rest=rest, row=row, mood="order", team=found.concept)
    at = verb_at(row, 0, initial=True) if found.modal and row else None
    at = 0 if found.acts and row else at
    if at is not None and found.label and noun_too(row[at].lower) and row[at + 1 : at + 2]:
        at = at if row[at + 1].lower in DETERMINERS else None  # "Frontend: comment thread below the ticket"
    if at is not None and found.concept == "security" and not found.label:
        # Who is to look at it stays in the words: it is they who must agree.
        return phrased(inner, verbal(said.text, rest, row, at))._replace(said=said.rest)
    if at is not None:
        return phrased(inner, verbal(said.text, rest, row, at))
    return phrased(inner._replace(mood="wish"), made(said.text, "need", rest)) if row else None


def _third_person(rest: str) -> str:
    """“DPO approves …” as the order it stands for; “has a look” is to review."""
    first, _, more = rest.partition(" ")
    if more.lower().startswith("a look"):
        return f"review{more[len('a look') :]}" if len(more) > len("a look") else "review it"
    lemma, tense = form_of(first.lower()) or ("", "")
    return f"{lemma} {more or 'it'}" if tense == "s" else rest
