"""Where in a row of words a verb phrase begins."""

from collections.abc import Sequence

from planner.rules.lexicon import DETERMINERS
from planner.rules.noun_or_verb import commands, noun_too, parted
from planner.rules.programs import PROGRAMS, SUBCOMMANDS
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, form_of

_ADVERBS: frozenset[str] = wordlist(
    "also then finally next now please just simply only first lastly afterwards subsequently later not never always "
    "again instead additionally quickly carefully kindly automatically manually immediately properly to"
)
_COMPOUND: frozenset[str] = wordlist(
    "load stress smoke regression unit pen penetration performance integration e2e a/b ab canary soak fuzz chaos code "
    "user acceptance security end-to-end double sanity beta threat cross blue-green dark force hot"
)


def verb_at(row: Sequence[Word], at: int, *, initial: bool) -> int | None:
    """The place of the verb, if a command starts here (adverbs before it are stepped over).

    `initial`: nothing of the clause stands before, so that "Monitor queue depth" commands, while
    "… and monitor queue depth" needs a sign that a verb is meant.
    """
    index = at
    while index < len(row) and row[index].lower in _ADVERBS and index - at < 3:
        index += 1
    if index >= len(row) or not row[index].is_word:
        return None
    if index > at and row[index - 1].lower == "to":
        return (
            index if row[index].lower not in DETERMINERS and form_of(row[index].lower) is not None else None
        )
    if _compound(row, index):
        return index + 1
    if row[index].lower in PROGRAMS and _subcommand(row, index):
        return index
    if row[index].lower == "have" and index + 1 < len(row):
        return index if _delegates(row, index) else None
    known = form_of(row[index].lower)
    if known is None or known[1] != "base" or _told_of(row, index) or _is_of_a_kind(row, index):
        return None
    if (initial and len(row) == 1) or _in_turn(row, index):
        return index
    sure = initial or (index > at and row[index - 1].lower not in {"not", "first", "next", "now", "only"})
    noun = noun_too(row[index].lower) and not parted(row, index) and not commands(row, index, sure)
    return None if noun else index


def _in_turn(row: Sequence[Word], index: int) -> bool:
    """“Deploy service by service", "store only hashes”."""
    said = [word.lower for word in row[index + 1 : index + 4]]
    return (said[1:2] == ["by"] and said[0] == said[-1]) or said[:1] == ["only"]


def _is_of_a_kind(row: Sequence[Word], index: int) -> bool:
    """“A page, audit log entries, a guide”: the first word tells of what kind the thing is."""
    named = _NAMED_AFTER.get(row[index].lower, ()) if index else ()
    return index + 1 < len(row) and row[index + 1].lower in named


_NAMED_AFTER: dict[str, frozenset[str]] = {
    "audit": wordlist("log logs trail trails entry entries event events")
}


def _told_of(row: Sequence[Word], index: int) -> bool:
    """“Login has been failing”: the word is what something is told of."""
    following = [word.lower for word in row[index + 1 : index + 3]]
    return following[:1] in (["has"], ["was"]) or following in (["have", "been"], ["is", "being"])


def _delegates(row: Sequence[Word], index: int) -> bool:
    """“Have the security team review it”, "have it pen-tested": a verb in its base form or a participle follows the noun."""
    if row[index + 1].lower in {"to", "been", "not", "no"}:
        return False
    for ahead in row[index + 2 : index + 6]:
        if ahead.lower in {"live", "online", "production", "prod"}:
            return True
        known = form_of(ahead.lower)
        if (
            known
            and known[1] in {"base", "ed"}
            and ahead.lower not in {"team", "test", "support", "release", "leads", "lead"}
        ):
            return True
    return False


def _subcommand(row: Sequence[Word], index: int) -> bool:
    """“kubectl rollout restart …”, "rm -rf …": a command line, not a mention of the program."""
    following = row[index + 1] if index + 1 < len(row) else None
    return following is not None and (following.text.startswith("-") or following.lower in SUBCOMMANDS)


def _compound(row: Sequence[Word], index: int) -> bool:
    """“Load test the table”, "pen-test it": the second word is the verb."""
    if row[index].lower not in _COMPOUND or index + 2 >= len(row):
        return False
    second = form_of(row[index + 1].lower)
    if second is None or second[1] != "base":
        return False
    following = row[index + 2]
    return (
        following.lower in DETERMINERS
        or following.is_quote
        or following.lower in {"to", "with", "at", "against", "under", "on", "production", "staging"}
        or following.text[0].isdigit()
    )
