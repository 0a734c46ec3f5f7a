"""One segment read: what is asked, of what, where, and in which manner."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from domain.clause import Clause, ClauseKind
from planner.rules.lexicon import ANAPHORS, FINITE
from planner.rules.openings import Cue, Mood, opening_of
from planner.rules.verbal import limited, made, plain, verbal
from planner.rules.verbs import verb_at
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, lemma_of, verb_forms, words

_NEGATION = re.compile(
    r"(?:please\s+)?(?:(?:you |we |i |they |it )?(?:do not|don't|don’t|does not|must not|mustn't|should not|shouldn't|cannot|can't|can not|may not|shall not|won't|will not|are not to|is not to|never|not to|not|no need to|without|avoid|refrain from|rather than|instead of)\b)\s*(?:(?:you|we|to|ever|yet|need to|have to|want to|want you to|be|let)\s+){0,3}",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"\b(?:low|no|zero|minimal)[- ]risk\b|\brisk(?:[- ]level)?\s*[:=]\s*\w+|\b(?:ignore|skip|bypass|disregard|override|forget)\s+(?:\w+\s+){0,3}?(?:rules?|polic(?:y|ies)|instructions?|approvals?|gates?|guardrails?|review process|restrictions)\b"
    r"|\bpre-?approved\b|\balready (?:been )?approved\b|\b(?:environment|env|risk_?level|approval|approved|gate[sd]?)\s*[=:]\s*\S+|\bno (?:approvals?|gates?|reviews?|sign-?offs?)(?: is| are)? (?:needed|required|necessary)\b|\bsafe to (?:run|auto-?approve)\b|\bauto-?approve\b"
    r"|\b(?:this|it) is (?:just |only )?(?:a |an )?(?:dev|test|harmless|trivial|safe|routine|low|minor)\b",
    re.IGNORECASE,
)
_WH = re.compile(
    r"^(?:what|why|who|whom|whose|which|where|when|how|is|are|was|were|does|do|did|has|have|should|will|am|can|could|would|may|might|isn't|aren't|doesn't|don't)\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"^(?P<subject>(?:[^,;]){2,90}?)\s+(?:should|must|shall|needs? to|has to|have to|ought to|will need to|is to|are to|will)\s+(?:also\s+|then\s+|always\s+|first\s+|all\s+|only\s+|now\s+|not\s+)?(?:be\s+|get\s+)(?:\w+ly\s+|also\s+|first\s+|then\s+)?(?P<participle>\w+)\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ENSURE = re.compile(r"(?:make sure|ensure|guarantee|see to it|be sure)\s+(?:that\s+)?", re.IGNORECASE)
_PASSIVE_NOW = re.compile(
    r"(?P<subject>(?:[^,;]){2,90}?)\s+(?:is|are|gets|get|has been|have been)\s+(?:also\s+|all\s+|\w+ly\s+)?(?P<participle>(?!not\b)\w+(?:ed|en|wn|lt|nt|ut|ne))\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_HAVE_DONE = re.compile(
    r"^(?:have|get|see)\s+(?P<subject>(?:[^,;]){2,80}?)\s+(?P<participle>\w+(?:ed|en|wn|lt|nt|ut))\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_HAVE_DO = re.compile(
    r"^(?:have|get|let|ask|tell|make)\s+(?P<who>(?:the |our |a |an )?[\w-]+(?: [\w-]+){0,3}?)\s+(?:to\s+)?(?P<verb>\w+)\s+(?P<rest>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_NEEDS = re.compile(
    r"^(?P<subject>[^,;]{2,60}?)\s+(?:needs?|requires?|lacks?|is missing|are missing)\s+(?P<object>(?:an?|some|new|proper|more|better|its own)\s.+)$",
    re.IGNORECASE | re.DOTALL,
)
_DELIVERED: frozenset[str] = wordlist(
    "update write add document deploy remove delete test review migrate create implement fix rotate publish provision "
    "configure rewrite refactor rename extend upgrade install build release archive move replace monitor scan audit "
    "backfill drop truncate restart roll notify inform announce send revoke disable enable"
)


class Phrase(NamedTuple):
    """A clause with what planning needs beside it."""

    clause: Clause
    cue: Cue = "none"
    mood: Mood = "none"
    anaphor: bool = False


class _Said(NamedTuple):
    """A segment without its opening."""

    text: str
    rest: str
    row: tuple[Word, ...]
    cue: Cue
    mood: Mood
    question: bool
    listed: bool


def read(text: str, *, cue: Cue = "none", question: bool = False, listed: bool = False) -> Phrase:
    """Read one segment on its own. `question`: its sentence ends with a question mark; `listed`: a list item."""
    if _CLAIM.search(text) and not _commands_beside(text):
        return Phrase(plain(text, "note"), cue)
    opening = opening_of(text)
    heard = opening.cue if opening.cue != "none" else cue
    rest = text[opening.rest :].strip()
    denied = _NEGATION.match(rest)
    if denied and denied.end() < len(rest):
        return Phrase(_denied(text, rest[denied.end() :]), heard)
    said = _Said(text, rest, words(rest), heard, opening.mood, question, listed)
    return _passed(said) or _asked(said) or _wished(said) or _stated(said)


def _passed(said: _Said) -> Phrase | None:
    """“Have it reviewed”, "have the team review it", "make sure it is reviewed"."""
    done = _HAVE_DONE.match(said.rest)
    if done and _is(done["participle"], "ed"):
        return _phrase(said, _by_participle(said, done, "action"))
    delegated = _delegated(said)
    if delegated:
        return _phrase(said, delegated)
    ensured = _ENSURE.match(said.rest)
    passive = _PASSIVE_NOW.match(said.rest, ensured.end()) if ensured else None
    if passive:
        kind: ClauseKind = "action" if lemma_of(passive["participle"].lower()) in _DELIVERED else "constraint"
        return _phrase(said, _by_participle(said, passive, kind))
    return None


def _asked(said: _Said) -> Phrase | None:
    if said.question and said.mood == "none" and _WH.match(said.rest):
        return Phrase(plain(said.text, "question"), said.cue)
    at = verb_at(said.row, 0, initial=True)
    if at is not None:
        return _phrase(said, limited(verbal(said.text, said.rest, said.row, at)))
    return None


def _wished(said: _Said) -> Phrase | None:
    """After "I want to" the next word is a verb, known or not; after "I want" comes a thing."""
    if said.mood in {"order", "story"} and said.row and said.row[0].is_word:
        return _phrase(said, verbal(said.text, said.rest, said.row, 0))
    return _phrase(said, made(said.text, "need", said.rest)) if said.mood == "wish" else None


def _stated(said: _Said) -> Phrase:
    passive = _PASSIVE.match(said.rest)
    if passive and _is(passive["participle"], "ed"):
        wanted = lemma_of(passive["participle"].lower()) in _DELIVERED and " not " not in said.rest.lower()
        clause = _by_participle(said, passive, "action" if wanted else "constraint")
        return _phrase(said._replace(mood="statement"), clause)
    if said.question:
        return Phrase(plain(said.text, "question"), said.cue)
    needs = _NEEDS.match(said.rest)
    if needs:
        clause = made(said.text, "need", f"{needs['object']} for {needs['subject']}", "constraint")
        return Phrase(clause, said.cue, "statement")
    if len(said.row) > 1 and _is(said.row[0].lower, "ing") and said.row[1].lower not in FINITE:
        return _phrase(said, verbal(said.text, said.rest, said.row, 0))
    return _told(said)


def _told(said: _Said) -> Phrase:
    if any(word.lower in {"should", "must", "shall"} for word in said.row):
        return Phrase(plain(said.text, "constraint"), said.cue, "statement")
    if said.listed and said.row and not any(word.lower in FINITE for word in said.row[:8]):
        return Phrase(plain(said.text, "action", said.rest), said.cue)
    return Phrase(plain(said.text, "context"), said.cue)


def _is(word: str, tense: str) -> bool:
    return verb_forms().get(word.lower(), ("", ""))[1] == tense


def _by_participle(said: _Said, found: re.Match[str], kind: ClauseKind) -> Clause:
    lemma = lemma_of(found["participle"].lower())
    return made(said.text, lemma, found["subject"] + found["rest"], kind)


def _delegated(said: _Said) -> Clause | None:
    """“Have the security team review it”: somebody is to do something."""
    found = _HAVE_DO.match(said.rest)
    if not found or not _is(found["verb"], "base") or len(found["who"]) < 3:
        return None
    first = said.rest.split(maxsplit=1)[0].lower()
    if first == "make" or (first == "get" and " to " not in said.rest.lower()):
        return None
    return made(said.text, lemma_of(found["verb"].lower()), f"{found['rest']} by {found['who']}")


def _phrase(said: _Said, clause: Clause) -> Phrase:
    heads = words(clause.object)[:3]
    anaphor = any(word.lower in ANAPHORS and _stands_alone(heads, i) for i, word in enumerate(heads))
    return Phrase(clause, said.cue, said.mood, anaphor)


def _stands_alone(row: Sequence[Word], at: int) -> bool:
    """A pronoun, not the article of a noun: "this", but not "this table"."""
    if row[at].lower in {"it", "them", "they", "its", "their"}:
        return True
    return at + 1 >= len(row) or not row[at + 1].is_word or row[at + 1].lower in FINITE


def _commands_beside(text: str) -> bool:
    """Whether a sentence with a claim in it commands something all the same."""
    row = words(text)
    if verb_at(row, 0, initial=True) is None:
        return False
    return lemma_of(row[0].lower) not in {"ignore", "skip", "bypass", "disregard", "override", "forget"}


def _denied(text: str, rest: str) -> Clause:
    row = words(rest)
    if not row:
        return plain(text, "constraint")
    return verbal(text, rest, row, 0).model_copy(update={"kind": "constraint", "negated": True})
