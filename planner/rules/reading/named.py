"""Things that a sentence names without ordering them: “Short README so they find their way around.”"""

import re
from collections.abc import Sequence
from itertools import takewhile

from planner.rules.concepts import Concept
from planner.rules.kinds.leanings import kind_of
from planner.rules.lexicon import PREPOSITIONS
from planner.rules.reading.phrase import Phrase, Said, phrased
from planner.rules.reading.wording import finite_in, is_form, tells
from planner.rules.verbal import made
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, words


def named(said: Said) -> Phrase | None:
    """What is to be delivered, where a sentence is nothing but its name or tells that a new one is used."""
    if said.question or said.listed:
        return None
    target = _missed(said) or _bare(said) or _new(said) or _runs(said)
    return phrased(said._replace(rest=target), made(said.text, "need", target)) if target else None


def _bare(said: Said) -> str | None:
    """“Tests for the 14 EU allergens”: no verb of its own, and its head is a thing that somebody makes."""
    rest = _WELCOME.sub("", said.rest)
    row = words(rest)
    head = _head(row)
    if len(row) < 2 or not 0 < len(head) <= _LONGEST or head[0].lower in _ONES_OWN:
        return None
    if finite_in(row) or tells(row) or _told_later(row) or any(_may_tell(word) for word in head[1:]):
        return None
    text = rest[head[0].start : head[-1].end]
    return rest if _THING.search(text) and _is_of(text, _MADE, least=3.0) else None


def _told_later(row: Sequence[Word]) -> bool:
    """“Webhooks that arrive during a deployment | are lost”: the sentence has its verb behind the clause inside it."""
    lows = [word.lower for word in row]
    inner = next((at for at, low in enumerate(lows) if low in {"that", "which", "who"}), len(lows))
    return any(low in {"is", "are", "was", "were"} for low in lows[inner + 2 :])


_LONGEST = 5
_WELCOME = re.compile(
    r"\s+(?:would|will|'d) (?:be|make)(?: also| really| very)* (?:great|nice|good|lovely|handy|helpful|welcome|useful|perfect|cool|fine|appreciated)\b.*$",
    re.IGNORECASE | re.DOTALL,
)


def _is_of(thing: str, makers: frozenset[Concept], *, least: float) -> bool:
    kind = kind_of(None, thing)
    return kind is not None and kind.score >= least and kind.concept in makers


def _head(row: Sequence[Word]) -> list[Word]:
    """The words before the first preposition, comma or clause."""
    return list(takewhile(lambda word: word.is_word and word.lower not in _BEHIND_HEAD, row))


_BEHIND_HEAD: frozenset[str] = PREPOSITIONS | wordlist(
    "so because that which who where when if and or but plus w beforehand afterwards please too as showing"
)
_ONES_OWN: frozenset[str] = wordlist(
    "the our their its his her my your this that these those no all every each some any it they we i you there here "
    "production staging existing old current previous"
)


def _may_tell(word: Word) -> bool:
    """Whether a word may be the verb of a sentence: "the scanner | reports"."""
    low = word.lower
    return (is_form(low, "s") and low not in _NAMES) or is_form(low, "ed")


_NAMES: frozenset[str] = wordlist(
    "tests docs logs checks plans reports designs lists notes records files tables indexes queries jobs scans charts alerts "
    "dashboards workflows releases screens guides limits metrics traces templates scripts screenshots"
)
_MADE: frozenset[Concept] = frozenset(
    {"qa", "docs", "monitoring", "infra", "cicd", "database", "backend", "frontend", "research"}
)
_THING = re.compile(
    r"(?:tests?|coverage|suite|readme|guide|docs?|documentation|page|screen|form|banner|widget|dialog|entry|changelog|notes|runbook|how-to|tutorial|faq"
    r"|article|report|post-?mortem|dashboards?|alerts?|panel|graph|metrics|cluster|bucket|queue|network|chart|module|pipeline|workflow|job|table|column|index"
    r"|migration|endpoints?|api|webhooks?|service|worker|template|adr|rfc|memo|estimate|comparison|diagram|proposal|rule|autoscaler)$",
    re.IGNORECASE,
)


def _new(said: Said) -> str | None:
    """“Ratings go into a new table”: told as a fact, but it is not there yet."""
    found = _NEW.search(said.rest)
    if found is None or _BY_OTHERS.search(said.text):
        return None
    return found["thing"] if _is_of(found["thing"], _BUILT, least=2.5) else None


_NEW = re.compile(
    r"\b(?:go(?:es)?|comes?|moves?|lives?|lands?|ends? up|sits?|(?:is|are) (?:kept|stored|held|served|fed|backed))\s+(?:\w+\s+)?(?:in|into|to|on|onto|from|by|behind|at)\s+"
    r"(?P<thing>an? (?:(?:brand[- ])?new|fresh|separate|dedicated|second|small) .+)$",
    re.IGNORECASE | re.DOTALL,
)
_BY_OTHERS = re.compile(
    r"\b(?:not part of|out of scope|(?:will|already|is|are|was|were) (?:being )?(?:provide|provided|there|exist|exists|built|planned)|team (?:will|is going to|does))\b",
    re.IGNORECASE,
)
_BUILT: frozenset[Concept] = frozenset({"database", "backend", "frontend", "infra"})


def _missed(said: Said) -> str | None:
    """“Clinics want a screen to preview it”, “there's a resource missing for that”."""
    found = _MISSED.match(said.rest) or _WANT.match(said.rest)
    return found["thing"] if found and _is_of(found["thing"], _MADE, least=2.0) else None


_MISSED = re.compile(
    r"there(?:'s|’s| is| are) (?:still |also )?(?P<thing>(?:an?|no|some) .{2,60}?) (?:still )?missing\b",
    re.IGNORECASE,
)
_WANT = re.compile(
    r"(?!(?:they|it|he|she)\b)(?:[\w-]+ ){1,3}(?:also )?(?:wants?|would like|asks? for|asked for|are asking for|keep asking for|wish(?:es)? for)"
    r" (?P<thing>(?:an?|some|new) .+)$",
    re.IGNORECASE | re.DOTALL,
)


def _runs(said: Said) -> str | None:
    """“A nightly job looks for pets that are due”: one that does not run yet, as nobody knows which."""
    row = said.row
    if len(row) < 4 or row[0].lower not in {"a", "an"}:
        return None
    at = next((n for n, word in enumerate(row[2:6], 2) if is_form(word.lower, "s")), None)
    if at is None or not all(word.is_word for word in row[:at]) or _PROGRAM.search(row[at - 1].lower) is None:
        return None
    return f"{said.rest[: row[at].start].strip()} that {said.rest[row[at].start :]}"


_PROGRAM = re.compile(
    r"^(?:job|worker|cron|script|service|endpoint|webhook|daemon|task|bot|batch|process|lambda|consumer)$"
)
