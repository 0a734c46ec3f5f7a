"""What has to happen, said of the thing or of whoever does it: “the limits have to go up”, “QA follows it”."""

import re

from planner.rules.kinds.leanings import kind_of
from planner.rules.lexicon import DETERMINERS
from planner.rules.reading.bestowed import by_passive, given, is_sure
from planner.rules.reading.obliged import moved, must
from planner.rules.reading.phrase import Phrase, Said, phrased
from planner.rules.reading.telling import BECOMES, MODALS, STATES, Told, told_in
from planner.rules.verbal import made, verbal
from planner.rules.words import form_of, words


def duty(said: Said) -> Phrase | None:
    """The order that a statement stands for; nothing where it only tells or limits."""
    if said.listed or said.question:
        return None
    ours = _ours(said) or _there(said)
    if ours is not None:
        return ours
    told = told_in(said)
    if told is None or _IS_SET.match(told.subject) or _BOUNDS.search(told.rest):
        return None
    if told.carrier in MODALS:
        return must(said, told)
    return given(said, told) or _done(said, told) or _comes_about(said, told)


_BOUNDS = re.compile(
    r"\b(?:not(?! null)|never|always|still|only|no longer|at least|at most|within|under \d|less than|more than|fewer than|faster than|the same)\b|n['’]t\b",
    re.IGNORECASE,
)
"""Words that bound how something is to be, rather than order that something is done."""

_IS_SET = re.compile(
    r"(?:it|they|this|that|these|those|there|which|what|nothing|nobody|no one|no)$|(?:no|any) ", re.IGNORECASE
)


def _ours(said: Said) -> Phrase | None:
    """“On the 15th | we open it to everyone”: what is planned to be done is asked for."""
    row = said.row
    if not said.planned or len(row) < 3 or row[0].lower != "we":
        return None
    lemma, tense = form_of(row[1].lower) or ("", "")
    if tense != "base" or (lemma in STATES and row[2].lower not in DETERMINERS):
        return None
    rest = said.rest[row[1].start :]
    return phrased(said._replace(mood="order"), verbal(said.text, rest, words(rest), 0))


def _there(said: Said) -> Phrase | None:
    """“By then there must be a help article": what is to be there is made by somebody."""
    found = _THERE.match(said.rest)
    if found is None or _BOUNDS.search(said.rest):
        return None
    kind = kind_of(None, said.rest[found.end() :])
    if said.cue == "none" and not is_sure(kind, 2.5):
        return None
    things = said.rest[found.end() :]
    return phrased(said._replace(mood="wish", rest=things), made(said.text, "need", things))


_THERE = re.compile(
    r"there (?:also |then )?(?:must|should|shall|has to|have to|needs? to|ought to) (?:also )?be (?=(?:an?|one|two|three|some|new|at least)\b)",
    re.IGNORECASE,
)


def _done(said: Said, told: Told) -> Phrase | None:
    """“On Monday the flag is turned on”, "the old domain may be deleted a week later"."""
    row = words(told.rest)
    if told.carrier in {"may", "can"}:
        later = said.cue in {"then", "finally"} or said.planned
        if not later or len(row) < 2 or row[0].lower != "be":
            return None
        row = row[1:]
        return by_passive(said, told.subject, row[0].lower, told.rest[row[0].end :])
    if told.carrier not in {"is", "are"} or not row:
        return None
    if not said.planned and not _IN_TURN.search(told.rest) and said.cue not in {"then", "finally", "first"}:
        return None
    return by_passive(said, told.subject, row[0].lower, told.rest[row[0].end :], planned=True)


_IN_TURN = re.compile(
    r"\b(?:afterwards|first|now|next|right away|later|in the end|at the end)$", re.IGNORECASE
)
"""“The accounts found are locked afterwards”."""


def _comes_about(said: Said, told: Told) -> Phrase | None:
    """“The second factor becomes mandatory”, "the results belong on the page", "the new prices go live"."""
    if told.carrier in {"belongs", "belong"}:
        placed = re.match(r"(?:on|onto|in|into|under) (?P<where>.+)$", told.rest, re.IGNORECASE)
        return (
            phrased(
                said._replace(mood="statement"),
                made(said.text, "add", f"{told.subject} to {placed['where']}"),
            )
            if placed
            else None
        )
    if not said.planned:
        return None
    if told.carrier in BECOMES:
        forced = _FORCED.match(told.rest)
        if forced is None:
            return None
        target = f"{told.subject}{told.rest[forced.end() :]}"
        return phrased(said._replace(mood="statement"), made(said.text, "enforce", target))
    return moved(said, told.subject, f"{told.carrier} {told.rest}")


_FORCED = re.compile(r"(?:mandatory|compulsory|obligatory|required|the default|binding)\b", re.IGNORECASE)
