"""What begins at a word: an order, a bare verb, a gerund, a limit, a passive, a wish."""

from collections.abc import Sequence

from planner.rules.lexicon import DETERMINERS, FINITE, NOUN_TOO, PREPOSITIONS
from planner.rules.unheard import NO_VERBS, unheard_verb
from planner.rules.verbs import verb_at
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, form_of


def orders(row: Sequence[Word], at: int) -> bool:
    """Whether an order stands behind an order word, its verb known or not."""
    return verb_at(row, at, initial=True) is not None or unheard_verb(row, at)


def is_bare(row: Sequence[Word], start: int, stop: int) -> bool:
    """“Reproduce, fix and verify it”: the command so far is a verb and nothing else."""
    return stop - start == 1 and (form_of(row[start].lower) or ("", ""))[1] == "base"


def is_last_step(row: Sequence[Word], at: int) -> bool:
    """“Migrate the prices and deploy”: a step that needs no object."""
    listed = row[at].lower in _LISTED_ALONE and row[at - 1].lower == ","
    return (listed or row[at].lower in _NEEDS_NO_OBJECT) and is_bare_verb(row, at)


_NEEDS_NO_OBJECT: frozenset[str] = wordlist(
    "deploy redeploy release publish commit merge rollback retest ship apply rebuild"
)
_LISTED_ALONE: frozenset[str] = wordlist("backfill reindex test validate verify restart launch")
"""“Add the column, backfill, drop the old one”; but “the migration and backfill” are things."""


def is_bare_verb(row: Sequence[Word], at: int) -> bool:
    """A verb at the end of the sentence or before the next joiner."""
    known = (form_of(row[at].lower) or ("", ""))[1] == "base"
    return known and (at + 1 >= len(row) or row[at + 1].lower in {",", "and", "then", ".", "&"})


def infinitives(row: Sequence[Word], at: int) -> bool:
    """“An endpoint to approve or reject”, "… to create, list and delete them": verbs of one infinitive."""
    if row[at].lower not in {"or", "and", ","} or at < 2 or not _base(row[at - 1]):
        return False
    first = at - 1
    while first > 2 and row[first - 1].lower == "," and _base(row[first - 2]):
        first -= 2
    if row[first - 1].lower != "to":
        return False
    chained = row[at].lower == "," or first != at - 1
    return not chained or row[first - 2].lower not in _WISHES


def _base(word: Word) -> bool:
    return (form_of(word.lower) or ("", ""))[1] == "base"


_WISHES: frozenset[str] = wordlist("need needs want wants have has like plan going got is")
"""“We need to build, test and ship it” orders each of these."""


def is_finite(word: str) -> bool:
    lemma, tense = form_of(word) or ("", "")
    return word in FINITE or tense == "ed" or (tense == "s" and lemma not in NOUN_TOO)


def tells(row: Sequence[Word], at: int) -> bool:
    """Whether the word says something of a subject: "it | fails", "the two | differ"."""
    if is_finite(row[at].lower):
        return True
    many = at > 0 and (row[at - 1].lower.endswith("s") or row[at - 1].lower in _MANY)
    known = form_of(row[at].lower)
    if known is None:
        follows = at + 1 < len(row) and (
            row[at + 1].lower in PREPOSITIONS or verb_at(row, at + 1, initial=False) is not None
        )
        return many and follows and row[at].lower not in HOLDS | NO_VERBS
    return many and known[1] == "base"


_MANY: frozenset[str] = wordlist("two three four both all they we you people")

HOLDS: frozenset[str] = (
    DETERMINERS
    | PREPOSITIONS
    | wordlist(
        "to and or not can could will would should must may might do does did is are was were be been has have had we you they i it "
        "don't doesn't didn't won't can't cannot let us that which who needs need wants want"
    )
)
"""After these no new command can begin."""


def wants(row: Sequence[Word], at: int) -> bool:
    """“A file that I need to download, …”: the wish stands in a relative clause."""
    spoken = [word.lower for word in row[at : at + 5]]
    return (
        len(spoken) == 5
        and spoken[0] in {"i", "we"}
        and (
            spoken[1:3] in (["need", "to"], ["want", "to"], ["have", "to"])
            or spoken[1:4] == ["would", "like", "to"]
        )
    )


def is_gerund(row: Sequence[Word], at: int) -> bool:
    return at < len(row) and (form_of(row[at].lower) or ("", ""))[1] == "ing"


def gerunds(row: Sequence[Word], at: int) -> bool:
    """“… by sending a mail, playing a film and setting an alarm": steps, where more than one is named."""
    more = [i for i in range(at + 1, len(row)) if row[i - 1].lower in {",", "and"} and is_gerund(row, i)]
    return is_gerund(row, at) and bool(more)


def limits(row: Sequence[Word], at: int) -> bool:
    """“…, do not …”, "… but never …", "…, without …" begin a limit."""
    first = row[at].lower
    if first in {"don't", "never", "avoid", "without"}:
        return True
    second = row[at + 1].lower if at + 1 < len(row) else ""
    return (first, second) in {("do", "not"), ("must", "not"), ("no", "need"), ("not", "to")}


def caused(row: Sequence[Word], at: int) -> bool:
    """“…, have it pen-tested": somebody else is to do it."""
    spoken = [word.lower for word in row[at : at + 3]]
    return (
        len(spoken) == 3
        and spoken[0] in {"have", "get"}
        and spoken[1] in {"it", "them", "this", "that", "these", "everything"}
        and spoken[2].endswith("ed")
    )


def passive(row: Sequence[Word], at: int) -> bool:
    """“… and the docs should be updated”: a statement of its own, within the next words."""
    for ahead in range(at + 1, min(at + 8, len(row) - 2)):
        word = row[ahead].lower
        if word in {",", ";", "and", "or", "that", "which", "to"}:
            return False
        if word in {"should", "must", "needs", "need", "has", "have", "shall", "ought"}:
            return row[ahead + 1].lower in {"be", "to"} or word in {"should", "must"}
    return False


def states(row: Sequence[Word], at: int) -> bool:
    """“…, the trip page gets a button": a statement goes on beside another one."""
    for ahead in range(at + 1, min(at + 8, len(row) - 1)):
        word = row[ahead].lower
        if word in {",", ";", "and", "or", "to"}:
            return False
        if word in {"gets", "receives", "belongs", "belong", "goes", "becomes", "loses"}:
            return True
        if word in {"get", "receive", "lose"} and row[at].lower in DETERMINERS:
            return True
    return False


def is_dated(row: Sequence[Word], at: int) -> bool:
    """“…, live by 1 March”, "…, and the page goes live on Tuesday", "…, then the interns get access": what is to come."""
    lows = [word.lower for word in row[at : at + 8]]
    for place, low in enumerate(lows[1:], 1):
        if low in {",", ";", "and", "or", "that", "which", "who", "to", "if", "when"}:
            break
        if low in {"goes", "go", "be", "is"} and {"live", "online"} & set(lows[place + 1 : place + 2]):
            return True
        if low in {"get", "gets", "lose", "loses"} and {"access", "rights", "permission"} & set(lows[place:]):
            return True
    return (
        at + 2 < len(row)
        and row[at].lower in {"live", "online", "rollout", "roll-out", "launch", "go-live"}
        and row[at + 1].lower in {"on", "by", "before", "from", "in", "to", "for", "next", "this"}
        and row[at + 2].lower not in {"it", "them"}
    )


def planned(row: Sequence[Word], at: int) -> bool:
    """“…, on Monday | we open it to everyone”: somebody or something, and what is then done."""
    for ahead in range(at + 1, min(at + 7, len(row))):
        word = row[ahead].lower
        if word in {",", ";", "and", "or", "that", "which", "who"}:
            return False
        if word in FINITE or (form_of(word) or ("", ""))[1] == "s":
            return True
    return at + 1 < len(row) and row[at].lower in {"we", "i"} and form_of(row[at + 1].lower) is not None
