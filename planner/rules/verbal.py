"""A command taken apart: its verb as a lemma, its object, and where it acts."""

import re
from collections.abc import Sequence

from domain.clause import Clause, ClauseKind
from planner.rules.commands import Carried, carried, commanded
from planner.rules.environment import environment_of, without_environment
from planner.rules.programs import PROGRAMS
from planner.rules.wordlist import wordlist
from planner.rules.words import Word, lemma_of, with_particle

_KEEPS: frozenset[str] = wordlist("keep preserve retain stick stay respect adhere leave maintain avoid")
_WATCHES: tuple[str, ...] = ("an eye", "a record", "track", "a log", "watch")
_ENDS_PARTICLE: frozenset[str] = wordlist(
    "if when in on for after and to from at by with during right again now tonight today"
)
_SOON = re.compile(r"(?:today|tonight|now|tomorrow|at once|immediately|asap|right away)?", re.IGNORECASE)
_UP_TO_DATE = re.compile(r"\b(?:up[ -]to[ -]date|current)$", re.IGNORECASE)
_INFORMED = re.compile(r"\b(?:informed|posted|in the loop|updated)\b", re.IGNORECASE)
_A_THING = re.compile(r"(?:an?|some) (?!while|bit|margin|gap)", re.IGNORECASE)
_A_NOTE = re.compile(
    r"(?:an?|some) (?:[\w-]+ ){0,2}(?:summary|notes?|comments?|report|message|remark|record|entry|list|explanation|description)\b",
    re.IGNORECASE,
)
"""“Leave a summary in the report” is work; "leave the rows" limits it."""

_NOTHING_LEFT = re.compile(r"(?:the|a|an|our|new|\s)*", re.IGNORECASE)
_PLACE = re.compile(r"\b(?:environments?|clusters?|systems?)\b", re.IGNORECASE)
_SPACES = re.compile(r"\s{2,}")
_PRONOUNS: frozenset[str] = frozenset({"it", "them", "this", "that", "these", "those", "everything"})
_BREAKS_PARTICLE: frozenset[str] = frozenset({",", "and", "that", "to", "for"})


def verbal(text: str, rest: str, row: Sequence[Word], at: int) -> Clause:
    """The clause of a command whose verb stands at `at` of `row`, the words of `rest`."""
    if row[at].lower in PROGRAMS and at + 1 < len(row):
        return _of(text, commanded(rest, row, at))
    lemma, remaining = _with_its_particle(rest, row, at)
    return _of(text, carried(lemma, remaining) or Carried(lemma, remaining))


def limited(clause: Clause) -> Clause:
    """“Keep behaviour identical” limits the work beside it; "keep an eye on it" is work."""
    if clause.verb in _KEEPS and _UP_TO_DATE.search(clause.object):
        return clause.model_copy(update={"verb": "update"})
    if clause.verb in _KEEPS and _INFORMED.search(clause.object):
        return clause.model_copy(update={"verb": "inform"})
    if clause.verb == "leave" and _A_THING.match(clause.object):
        return clause.model_copy(update={"verb": "write" if _A_NOTE.match(clause.object) else "add"})
    if clause.verb == "hotfix" and clause.environment == "production" and _SOON.fullmatch(clause.object):
        return clause.model_copy(update={"verb": "deploy", "object": f"the hotfix {clause.object}".strip()})
    keeps = clause.verb in _KEEPS and not clause.object.lower().startswith(_WATCHES)
    return clause.model_copy(update={"kind": "constraint"}) if keeps else clause


def made(text: str, lemma: str, remaining: str, kind: ClauseKind = "action") -> Clause:
    """A clause from its parts; the object loses the words that only say where."""
    where = environment_of(text)
    target = _SPACES.sub(" ", _placeless(remaining) if where != "unknown" else remaining)
    return Clause(
        text=text.strip(), kind=kind, verb=lemma, object=target.strip(" \t\n,;:.!?—–-"), environment=where
    )


def _placeless(remaining: str) -> str:
    """Without the words that say where, unless the place itself is what is worked on: "the staging environment"."""
    rest = without_environment(remaining)
    bare = _NOTHING_LEFT.fullmatch(rest.strip(" ,.;"))
    return remaining if bare and _PLACE.search(remaining) else rest


def plain(text: str, kind: ClauseKind, target: str = "") -> Clause:
    """A clause without a verb."""
    return Clause(
        text=text.strip(), kind=kind, object=target.strip(" ,;:.!?"), environment=environment_of(text)
    )


def _of(text: str, meant: Carried) -> Clause:
    return made(text, meant.lemma, meant.target)


def _with_its_particle(rest: str, row: Sequence[Word], at: int) -> tuple[str, str]:
    lemma = lemma_of(row[at].lower)
    current = _UP_TO_DATE.search(rest.rstrip(" .!")) if lemma in {"bring", "get"} else None
    if current is not None:
        return "update", rest[row[at].end : current.start()]
    joined = with_particle(lemma, row[at + 1].lower) if at + 1 < len(row) else None
    if joined:
        return joined, rest[row[at + 1].end :]
    behind = _particle_behind(lemma, row, at)
    if behind is None:
        return lemma, rest[row[at].end :]
    between = rest[row[at].end : row[behind].start]
    return f"{lemma} {row[behind].lower}", between + rest[row[behind].end :]


def _particle_behind(lemma: str, row: Sequence[Word], at: int) -> int | None:
    """“Roll the release back”: the particle may stand behind a short object."""
    for index in range(at + 2, min(at + 6, len(row))):
        word = row[index].lower
        if word in _BREAKS_PARTICLE:
            return None
        following = row[index + 1] if index + 1 < len(row) else None
        if word in {"in", "on", "through"} and not (word == "on" and _closes(following)):
            continue
        if with_particle(lemma, word) is None:
            continue
        if row[index - 1].lower in _PRONOUNS:
            return index
        if _closes(following):
            return index
    return None


def _closes(following: Word | None) -> bool:
    """Whether a particle may stand before this word: "switch it on | for all", not "put it on | the list"."""
    return following is None or not following.is_word or following.lower in _ENDS_PARTICLE
