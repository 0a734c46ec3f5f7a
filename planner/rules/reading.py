"""One segment read: what is asked, of what, where, and in which manner."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from domain.clause import Clause, ClauseKind
from planner.rules.concepts import Concept
from planner.rules.kinds.leanings import kind_of
from planner.rules.lexicon import ANAPHORS, DETERMINERS, DONE_TO, FINITE, NOUN_TOO, PARTICLES, PREPOSITIONS
from planner.rules.lists import listed
from planner.rules.openings import Cue, Mood, opening_of
from planner.rules.people import ENABLED, OBLIGED, PEOPLE
from planner.rules.teams import asking_consent, led, mentioned
from planner.rules.verbal import limited, made, plain, verbal
from planner.rules.verbs import noun_too, unheard_verb, verb_at
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, form_of, lemma_of, words

_NEGATION = re.compile(
    r"(?:please\s+)?(?:(?:you |we |i |they |it )?(?:do not|don't|don’t|does not|must not|mustn't|should not|shouldn't|cannot|can't|can not|may not|shall not|won't|will not|are not to|is not to|never|not to|not|no need to|without|avoid|refrain from|rather than|instead of)\b)\s*(?:(?:you|we|to|ever|yet|need to|have to|want to|want you to|be|let)\s+){0,3}",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"\b(?:low|no|zero|minimal)[- ]risk\b|\brisk(?:[- ]level)?\s*[:=]\s*\w+|\b(?:ignore|skip|bypass|disregard|override|forget)\s+(?:\w+\s+){0,3}?(?:rules?|polic(?:y|ies)|instructions?|approvals?|gates?|guardrails?|review process|restrictions)\b"
    r"|\bpre-?approved\b|\balready (?:been )?approved\b|\b(?:environment|env)\s*[=:]\s*(?:dev|test|local|sandbox|stag|qa|uat|prod|non)\w*|\b(?:risk_?level|approval|approved|gate[sd]?)\s*[=:]\s*\S+|\bno (?:approvals?|gates?|reviews?|sign-?offs?)(?: is| are)? (?:needed|required|necessary)\b|\bsafe to (?:run|auto-?approve)\b|\bauto-?approve\b"
    r"|\b(?:this|it) is (?:just |only )?(?:a |an )?(?:dev|test|harmless|trivial|safe|routine|low|minor)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"\s*(?:,|;|:|and|but|then|&)+\s+(?:then\s+|just\s+|please\s+)*", re.IGNORECASE)
"""After "ignore the policy" an order may follow."""

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
    r"^(?:have|get|see(?!\s+to it))\s+(?P<subject>(?:[^,;]){2,80}?)\s+(?P<participle>(?:\w+-)?\w+(?:ed|en|wn|lt|nt|ut))\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_NEEDS = re.compile(
    r"^(?P<subject>[^,;]{2,60}?)\s+(?:also\s+)?(?:needs?|requires?|lacks?|is missing|are missing|must have|should have|has to have|should get|gets|comes with"
    r"|should come with|must come with|must include|should include)\s+(?P<object>(?:(?:an?|some|new|proper|more|better|its own)\s)?.+)$",
    re.IGNORECASE | re.DOTALL,
)
_WONDERS = re.compile(r"\b(?:what|why|how|whether|which|who|where|when|if)\b", re.IGNORECASE)
_TOOL_TO = re.compile(
    r"(?:an?|some|any) (?:\w+ )?(?:application|app|tool|service|program|way|assistant|agent|bot) (?:to|that (?:can|could|will)) ",
    re.IGNORECASE,
)
_LISTS = re.compile(
    r"^(?:(?:this|that|it|which|the (?:feature|work|task|change|job|project|scope|ticket|service|solution|result))\s+)?(?:also\s+|will\s+|would\s+|should\s+|must\s+)?"
    r"(?:needs?|requires?|includes?|involves?|consists? of|comprises?|covers?|contains?|means|entails|affects?|touches|calls for|implies)\s+"
    r"|^there\s+(?:should|must|will|has to|have to|needs to)\s+be\s+|^(?:expected|deliverables?|scope|in scope|parts|components|pieces)\s*(?::|are|is)\s+"
    r"|^(?:i|we)(?:'d| would)? expect\s+",
    re.IGNORECASE,
)
_WANTED = re.compile(
    r"^(?P<subject>.{3,120}?)\s+(?:is|are|would be)\s+(?:also\s+)?(?:required|needed|expected|mandatory|missing|wanted|welcome|necessary|a must|part of (?:it|this))\b",
    re.IGNORECASE | re.DOTALL,
)
_DELIVERED: frozenset[str] = wordlist(
    "update write add document review create implement configure rewrite refactor rename extend build move replace monitor "
    "fix test audit notify inform announce send"
)
"""In the passive these ask for work where their subject is a thing that is delivered: "the docs should be updated"."""

_OPERATED: frozenset[str] = wordlist(
    "deploy remove delete migrate rotate publish provision upgrade install release archive scan backfill drop truncate "
    "restart roll revoke disable enable wipe purge restore stop terminate reset erase destroy export deprovision"
)
"""In the passive these ask for work whatever their subject is."""

_ALONG: frozenset[Concept] = frozenset({"qa", "docs", "review", "security", "monitoring", "cicd"})
_PLURALS_TOO: frozenset[str] = wordlist(
    "tests docs logs checks plans reports designs lists notes records files tables indexes queries jobs scans"
)
_POLITE = re.compile(
    r"[\s,]+(?:please|pls|plz|too|as well|thanks|thank you|cheers|asap|if possible|as usual|as always|included)[\s.!]*$",
    re.IGNORECASE,
)


_ENDS: tuple[tuple[Cue, re.Pattern[str]], ...] = (
    (
        "then",
        re.compile(r"[\s,]+(?:afterwards?|after that|later on|subsequently|thereafter)\s*$", re.IGNORECASE),
    ),
    (
        "finally",
        re.compile(r"[\s,]+(?:at the (?:very )?end|in the end|last|as the last step)\s*$", re.IGNORECASE),
    ),
    ("first", re.compile(r"[\s,]+(?:first|beforehand|up ?front|before anything else)\s*$", re.IGNORECASE)),
)


class Phrase(NamedTuple):
    """A clause with what planning needs beside it: `said` is its text without the opening."""

    clause: Clause
    cue: Cue = "none"
    mood: Mood = "none"
    anaphor: bool = False
    said: str = ""
    team: Concept | None = None


class _Said(NamedTuple):
    """A segment without its opening."""

    text: str
    rest: str
    row: tuple[Word, ...]
    cue: Cue
    mood: Mood
    question: bool
    listed: bool
    team: Concept | None = None


def read(text: str, *, cue: Cue = "none", question: bool = False, listed: bool = False) -> Phrase:
    """Read one segment on its own. `question`: its sentence ends with a question mark; `listed`: a list item."""
    if (claim := _CLAIM.search(text)) and not _commands_beside(text):
        beside = _BESIDE.match(text, claim.end()) if _waved_away(text) else None
        other = (
            read(text[beside.end() :], cue=cue, question=question, listed=listed)
            if beside and beside.end() < len(text)
            else None
        )
        orders = other is not None and other.clause.kind == "action" and other.clause.object
        return other if other is not None and orders else Phrase(plain(text, "note"), cue)
    opening = opening_of(text)
    heard = opening.cue if opening.cue != "none" else cue
    rest, trailing = _without_end(text[opening.rest :].strip())
    heard = trailing if heard == "none" else heard
    denied = _NEGATION.match(rest)
    if denied and denied.end() < len(rest):
        return Phrase(_denied(text, rest[denied.end() :]), heard)
    said = _Said(text, rest, words(rest), heard, opening.mood, question, listed)
    return _led(said) or _passed(said) or _asked(said) or _wished(said) or _stated(said)


def _without_end(rest: str) -> tuple[str, Cue]:
    """Without politeness and order words at the end: "check the plan afterwards, please"."""
    rest = _POLITE.sub("", rest)
    for cue, pattern in _ENDS:
        found = pattern.search(rest)
        if found and found.start() > 0:
            return (rest if cue == "first" else rest[: found.start()]), cue
    return rest, "none"


def _led(said: _Said) -> Phrase | None:
    """“QA should test on Firefox”, "Backend needs a table", "Frontend: a save button"."""
    found = led(said.rest)
    if found is None:
        return None
    rest = _third_person(said.rest[found.rest :])
    row = words(rest)
    inner = said._replace(rest=rest, row=row, mood="order", team=found.concept)
    at = verb_at(row, 0, initial=True) if found.modal and row else None
    if at is not None and found.label and noun_too(row[at].lower) and row[at + 1 : at + 2]:
        at = at if row[at + 1].lower in DETERMINERS else None  # "Frontend: comment thread below the ticket"
    if at is not None and found.concept == "security" and not found.label:
        # Who is to look at it stays in the words: it is they who must agree.
        return _phrase(inner, verbal(said.text, rest, row, at))._replace(said=said.rest)
    if at is not None:
        return _phrase(inner, verbal(said.text, rest, row, at))
    return _phrase(inner._replace(mood="wish"), made(said.text, "need", rest)) if row else None


def _third_person(rest: str) -> str:
    """“DPO approves …” as the order it stands for; “has a look” is to review."""
    first, _, more = rest.partition(" ")
    if more.lower().startswith("a look"):
        return f"review{more[len('a look') :]}" if len(more) > len("a look") else "review it"
    lemma, tense = form_of(first.lower()) or ("", "")
    return f"{lemma} {more or 'it'}" if tense == "s" else rest


def _passed(said: _Said) -> Phrase | None:
    """“Have it reviewed”, "have the team review it", "make sure it is reviewed"."""
    done = _HAVE_DONE.match(said.rest) if _doing(said.row) is None else None
    if done and _is(done["participle"], "ed"):
        return _phrase(said, _by_participle(said, done, "action"))
    enabled = ENABLED.match(said.rest)
    if enabled and _below(said.rest):
        return _phrase(said._replace(mood="wish"), made(said.text, "need", _below(said.rest)))
    if enabled:
        row = words(said.rest[enabled.end() :])
        return (
            _phrase(said._replace(mood="story"), verbal(said.text, said.rest[enabled.end() :], row, 0))
            if row
            else None
        )
    delegated = _delegated(said)
    if delegated:
        return _phrase(said, delegated)
    ensured = _ENSURE.match(said.rest)
    passive = _PASSIVE_NOW.match(said.rest, ensured.end()) if ensured else None
    if passive:
        return _phrase(said, _by_participle(said, passive, "action" if _is_work(passive) else "constraint"))
    return None


def _asked(said: _Said) -> Phrase | None:
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
    return _phrase(said, _forbidding(limited(verbal(said.text, said.rest, said.row, at))))


def _forbidding(clause: Clause) -> Clause:
    """“Order nothing yet” is a limit."""
    if re.match(r"(?:nothing|nobody|no one|none)\b", clause.object, re.IGNORECASE):
        return clause.model_copy(update={"kind": "constraint", "negated": True})
    return clause


def _is_subject(row: Sequence[Word], at: int) -> bool:
    """“Test coverage dropped”: what looked like a command is what a statement speaks of."""
    if row[at].lower not in NOUN_TOO or at + 2 >= len(row) or row[at + 1].lower in DETERMINERS:
        return False
    if any(_is(word.lower, "s") and word.lower in FINITE for word in row[at + 1 : at + 3]):
        return True
    if _plural_does(row, at + 1):
        return True
    ahead = [word.lower for word in row[at + 1 : at + 6]]
    stop = next(
        (n for n, word in enumerate(ahead) if word in _INNER or (word in {",", "to"} and n == 0)), len(ahead)
    )
    return any(word in _MODALS for word in ahead[1:stop])


_MODALS: frozenset[str] = wordlist("must should shall")


_HAS: frozenset[str] = wordlist("use show have contain need lack miss get take lose cause include carry")


def _plural_does(row: Sequence[Word], at: int) -> bool:
    """“Queue workers run out of capacity”: a plural and what it does, rather than what is done to it."""
    if at + 2 >= len(row) or not row[at].lower.endswith("s") or row[at].lower.endswith("ss"):
        return False
    lemma, tense = form_of(row[at + 1].lower) or ("", "")
    if tense == "base" and lemma in _HAS and row[at + 2].lower in {"the", "a", "an", "no", "their"}:
        return True  # "Credit notes use the wrong rate"
    return tense == "base" and row[at + 2].lower in {"out", "away", *PARTICLES.get(lemma, ())}


def _wished(said: _Said) -> Phrase | None:
    """After "I want to" the next word is a verb, known or not; after "I want" comes a thing."""
    tool = _TOOL_TO.match(said.rest) if said.mood == "wish" else None
    if tool and tool.end() < len(said.rest):
        rest = said.rest[tool.end() :]
        return _phrase(said, verbal(said.text, rest, words(rest), 0))
    if said.mood == "order" and said.row and said.row[0].lower in ANAPHORS | DETERMINERS:
        return _phrase(said, made(said.text, "need", said.rest))
    if said.mood in {"order", "story"} and said.row and said.row[0].is_word:
        return _phrase(said, verbal(said.text, said.rest, said.row, 0))
    if said.mood != "wish":
        return None
    if (
        said.row
        and said.row[0].lower in {"this", "it", "that", "them", "these"}
        and len(said.row) > 1
        and said.row[1].lower in {"for", "because", "to", "in", "by", "asap", "as"}
    ):
        return Phrase(plain(said.text, "context"), said.cue)
    return _phrase(said, made(said.text, "need", said.rest))


def _stated(said: _Said) -> Phrase:
    consent = asking_consent(said.rest)
    if consent is not None:
        inner = said._replace(mood="order", team=consent)
        return _phrase(inner, made(said.text, "review", "it"))._replace(said=said.rest)
    passive = _PASSIVE.match(said.rest)
    if passive and _is(passive["participle"], "ed"):
        wanted = _is_work(passive) and " not " not in said.rest.lower()
        clause = _by_participle(said, passive, "action" if wanted else "constraint")
        return _phrase(said._replace(mood="statement"), clause)
    if said.question:
        return Phrase(plain(said.text, "question"), said.cue)
    needs = _NEEDS.match(said.rest)
    if needs:
        below = _below(needs["object"])
        several = bool(below) or len(_deliverables(needs["object"])) > 1
        target = below or needs["object"] if several else f"{needs['object']} for {needs['subject']}"
        clause = made(said.text, "need", target, "action" if several else "constraint")
        return _phrase(said._replace(mood="statement"), clause)
    listing = _WANTED.match(said.rest)
    if listing and _deliverables(listing["subject"]):
        return _phrase(said, made(said.text, "need", listing["subject"]))
    if (
        said.row
        and _is(said.row[0].lower, "ed")
        and lemma_of(said.row[0].lower) in DONE_TO
        and len(said.row) < 7
    ):
        clause = made(said.text, lemma_of(said.row[0].lower), "it" + said.rest[said.row[0].end :])
        return _phrase(said._replace(mood="statement"), clause)
    if len(said.row) > 1 and _is(said.row[0].lower, "ing") and not _finite_in(said.row[1:10]):
        return _phrase(said, verbal(said.text, said.rest, said.row, 0))
    return _told(said)


def _below(text: str) -> str:
    """What a colon introduces, where it is a list of things to be delivered."""
    _, colon, rest = text.partition(":")
    return rest.strip() if colon and len(_deliverables(rest)) > 1 else ""


def _deliverables(text: str) -> list[str]:
    """The items of a list that are things to be delivered."""
    kinds = [(item.text, kind_of(None, item.text)) for item in listed(text)]
    return [item for item, kind in kinds if kind is not None and kind.score >= 2.0]


def _finite_in(row: Sequence[Word]) -> bool:
    """Whether these words hold a finite verb of their own, not one of a clause inside them."""
    for word in row:
        if word.lower in {"that", "which", "who", "where", "when", "so", "if", ","}:
            return False
        if word.lower in FINITE:
            return True
    return bool(row) and _is(row[0].lower, "s") and row[0].lower not in _PLURALS_TOO


def _told(said: _Said) -> Phrase:
    parts = _LISTS.search(said.rest)
    target = said.rest[parts.end() :] if parts else said.rest
    if parts is None and ":" in said.rest:
        target = said.rest.split(":", 1)[1].strip()
        parts = _COLON.search(said.rest)
    if _names_parts(said, target, cued=parts is not None) or (parts is not None and _needs_one(said, target)):
        return _phrase(said._replace(mood="wish"), made(said.text, "need", target))
    obliged = _obliged(said)
    if obliged is not None:
        return obliged
    if any(word.lower in {"should", "must", "shall"} for word in said.row):
        return Phrase(plain(said.text, "constraint"), said.cue, "statement")
    if said.rest.lower().startswith("no "):
        return Phrase(plain(said.text, "constraint").model_copy(update={"negated": True}), said.cue)
    if said.listed and said.row and not any(word.lower in FINITE for word in said.row[:8]):
        if _tells(said.row):
            return Phrase(plain(said.text, "constraint"), said.cue, "statement")
        return _phrase(said, plain(said.text, "action", said.rest))
    if said.listed and re.match(rf"{PEOPLE} (?:can|could|may)\b", said.rest, re.IGNORECASE):
        return Phrase(plain(said.text, "constraint"), said.cue, "statement")
    if _is_fragment(said):
        return _phrase(said, made(said.text, "need", said.rest))
    return Phrase(plain(said.text, "context"), said.cue)


def _obliged(said: _Said) -> Phrase | None:
    """“The order endpoint must accept a key”: work on a part that the words name."""
    found = OBLIGED.match(said.rest) if not said.listed else None
    kind = kind_of(None, found["subject"]) if found else None
    if found is None or kind is None or kind.score < 2.0 or kind.concept not in _PARTS:
        return None
    clause = made(said.text, found["verb"].lower(), f"{found['rest']} in {found['subject']}")
    return _phrase(said._replace(mood="statement", team=kind.concept), clause)


_PARTS: frozenset[Concept] = frozenset({"backend", "frontend", "database", "infra", "cicd"})


def _tells(row: Sequence[Word]) -> bool:
    """“Invitations expire after 7 days”: a plural and what it does."""
    nouns = [word.lower for word in row[:4]]
    return any(
        nouns[at].endswith("s") and _is(nouns[at + 1], "base") and nouns[at + 1] not in NOUN_TOO
        for at in range(len(nouns) - 1)
    )


def _names_parts(said: _Said, target: str, *, cued: bool) -> bool:
    """“Requires a table, an endpoint and a page.” "Endpoint, settings page, tests, docs.": parts for several trades."""
    items = listed(target, commas=True)
    kinds = [kind_of(None, item.text) for item in items]
    sure = {kind.concept for kind in kinds if kind is not None and kind.score >= 2.5}
    things = sum(kind is not None and kind.score >= 1.5 for kind in kinds)
    whole = cued or not any(word.lower in FINITE for word in _own_words(said.rest))
    return whole and len(items) > 1 and len(sure) > 1 and 3 * things >= 2 * len(items)


def _needs_one(said: _Said, target: str) -> bool:
    """“Needs rate limiting.”"""
    kind = kind_of(None, target)
    named = re.match(r"(?:(?:it|this|that) )?(?:also )?(?:needs?|requires?)\b", said.rest, re.IGNORECASE)
    return named is not None and kind is not None and kind.score >= 3.0 and len(target.split()) < 9


_COLON = re.compile(r":")


def _is_fragment(said: _Said) -> bool:
    """“Tests please.” "Docs too." "Security review." name what is to be delivered along with the rest."""
    names = [word.lower for word in said.row if word.is_word]
    if (
        not 0 < len(names) <= 5
        or _finite_in(said.row[1:])
        or said.row[0].lower in FINITE | {"i", "we", "it", "there"}
    ):
        return False
    kind = kind_of(None, said.rest)
    along = kind is not None and kind.score >= 3.5 and kind.concept in _ALONG
    return along or (
        said.row[0].lower in {"review", "approval", "sign-off", "test", "testing"}
        and mentioned(said.rest) is not None
    )


def _is(word: str, tense: str) -> bool:
    return (form_of(word.lower()) or ("", ""))[1] == tense


def _is_work(found: re.Match[str]) -> bool:
    """A passive asks for work where it speaks of a thing that is delivered, or of what operators do to one."""
    lemma = lemma_of(found["participle"].lower())
    if lemma in _OPERATED:
        return True
    if re.match(r"(?:every|each|all|any|no)\b", found["subject"], re.IGNORECASE):
        return False
    if lemma in DONE_TO:
        done = kind_of(lemma, found["rest"])
        return done is not None and done.score >= 3.5
    if lemma not in _DELIVERED:
        return False
    kind = kind_of(None, found["subject"])
    return kind is not None and kind.score >= 2.5


def _by_participle(said: _Said, found: re.Match[str], kind: ClauseKind) -> Clause:
    lemma = lemma_of(found["participle"].lower())
    return made(said.text, lemma, found["subject"] + found["rest"], kind)


def _delegated(said: _Said) -> Clause | None:
    """“Have the security team review it”: somebody is to do something."""
    at = _doing(said.row)
    if at is None:
        return None
    first = said.row[0].lower
    if first == "get" and said.row[at - 1].lower != "to":
        return None
    who = said.rest[said.row[1].start : said.row[at - 1].end].removesuffix(" to")
    rest = said.rest[said.row[at].start :]
    inner = verbal(said.text, rest, words(rest), 0)
    return inner.model_copy(update={"object": f"{inner.object} by {who}"})


def _doing(row: Sequence[Word]) -> int | None:
    """Where what somebody is to do begins: "have two colleagues | review it", "ask legal to | check it"."""
    if len(row) < 4 or row[0].lower not in {"have", "get", "let", "ask", "tell"}:
        return None
    for at in range(2, min(7, len(row) - 1)):
        told = row[at - 1].lower == "to"
        plain = (
            not noun_too(row[at].lower)
            or told
            or row[at + 1].lower in DETERMINERS | {"that", "if", "whether"}
        )
        if (
            row[at].is_word
            and _is(row[at].lower, "base")
            and plain
            and row[at].lower not in {"team", "lead", "leads"}
        ):
            return at
        if not row[at].is_word or (row[at].lower in PREPOSITIONS and not told and row[at].lower != "to"):
            return None
    return None


def _phrase(said: _Said, clause: Clause) -> Phrase:
    heads = _own_words(clause.object)
    anaphor = any(word.lower in ANAPHORS and _stands_alone(heads, i) for i, word in enumerate(heads))
    team = said.team or mentioned(said.rest)
    return Phrase(clause, said.cue, said.mood, anaphor, said.rest, team)


def _own_words(target: str) -> tuple[Word, ...]:
    """The words of an object without the clauses inside it."""
    row = words(target)
    stop = next((i for i, word in enumerate(row) if word.lower in _INNER), len(row))
    return row[:stop]


_INNER: frozenset[str] = wordlist("so that because which who where when if")


def _stands_alone(row: Sequence[Word], at: int) -> bool:
    """A pronoun, not the article of a noun: "this", but not "this table" nor "its tables"."""
    if row[at].lower in {"it", "them", "they"}:
        return True
    if row[at].lower in {"its", "their"}:
        return False
    return at + 1 >= len(row) or not row[at + 1].is_word or row[at + 1].lower in FINITE


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


def _denied(text: str, rest: str) -> Clause:
    row = words(rest)
    if not row:
        return plain(text, "constraint")
    return verbal(text, rest, row, 0).model_copy(update={"kind": "constraint", "negated": True})
