"""Edges between pieces of work: parallel, unless there is a reason, and every reason is written down."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.clause import Environment
from domain.ids import AgentId
from domain.plan import EdgeKind
from planner.rules.lexicon import DETERMINERS
from planner.rules.stages import Stage, comes_before
from planner.rules.wordlist import wordlist
from planner.rules.words import lemma_of, words

_GENERIC: frozenset[str] = wordlist(
    "it them this that one code system app application service project repository repo team user users customer customers "
    "data file files thing result production staging production environment everything change changes page"
)


class Piece(NamedTuple):
    """What ordering needs to know of one piece of work."""

    text: str
    agent: AgentId | None
    verb: str | None
    target: str
    stage: Stage
    cue: str
    marker: str
    listing: int
    unit: int
    anaphor: bool
    after: tuple[int, ...]
    needs: tuple[str, ...]
    place: Environment
    consumes: tuple[str, ...]
    produces: tuple[str, ...]
    part: str = ""
    """What its agent does with things that are handed on by name: `check`, `outlet`, …"""


class Link(NamedTuple):
    """`first` comes before `second`, and why."""

    first: int
    second: int
    kind: EdgeKind
    reason: str


NOTHING_KNOWN: frozenset[tuple[AgentId, AgentId]] = frozenset()


def links(
    pieces: Sequence[Piece], *, habits: frozenset[tuple[AgentId, AgentId]] = NOTHING_KNOWN
) -> tuple[Link, ...]:
    """All links, the surest reasons first, none of which closes a circle with a surer one.

    `habits` are agents that stood one before the other in similar plans.
    """
    taken: list[Link] = []
    before: list[set[int]] = [set() for _ in pieces]
    for link in (
        *_data(pieces),
        *_explicit(pieces),
        *_checked(pieces),
        *_conditions(pieces),
        *_lists(pieces),
        *_anaphors(pieces),
        *_phases(pieces),
        *_places(pieces),
        *_habits(pieces, habits),
    ):
        if (
            link.first == link.second
            or link.second in before[link.first]
            or link.first in _direct(taken, link.second)
        ):
            continue
        taken.append(link)
        _close(before, link)
    return tuple(taken)


def _places(pieces: Sequence[Piece]) -> list[Link]:
    """The same is done to staging before it is done to production."""
    return [
        Link(first, second, "sequence", "staging goes before production")
        for first, piece in enumerate(pieces)
        for second, other in enumerate(pieces)
        if first < second
        and (piece.place, other.place) == ("staging", "production")
        and (piece.verb == other.verb or piece.stage == other.stage != "none")
    ]


def _habits(pieces: Sequence[Piece], habits: frozenset[tuple[AgentId, AgentId]]) -> list[Link]:
    return [
        Link(first, second, "given", "so it was in similar plans")
        for first, piece in enumerate(pieces)
        for second, other in enumerate(pieces)
        if piece.agent is not None and other.agent is not None and (piece.agent, other.agent) in habits
    ]


def _direct(taken: Sequence[Link], second: int) -> set[int]:
    return {link.first for link in taken if link.second == second}


def _close(before: list[set[int]], link: Link) -> None:
    gained = before[link.first] | {link.first}
    before[link.second] |= gained
    for behind in before:
        if link.second in behind:
            behind.update(gained)


def _said(first: int, second: int, reason: str) -> Link:
    """An order that the words give: `sequence` as the text goes, `explicit` against it."""
    return Link(first, second, "sequence" if first < second else "explicit", reason)


def _explicit(pieces: Sequence[Piece]) -> list[Link]:
    found = []
    for index, piece in enumerate(pieces):
        found += [
            _said(other, index, f"the request puts “{_short(pieces[other])}” first") for other in piece.after
        ]
        if piece.cue == "then" and index:
            found += [
                Link(other, index, "sequence", "“then” in the request") for other in _previous(pieces, index)
            ]
        if piece.cue == "earlier" and index:
            found.append(_said(index, index - 1, "“before that” in the request"))
        if piece.cue == "finally":
            found += [Link(other, index, "sequence", "“finally” in the request") for other in range(index)]
        if piece.cue == "first" and piece.stage not in {"release", "rollback"} and piece.verb not in _PARTLY:
            others = (
                range(len(pieces)) if _ends_first(piece) else range(index + 1, min(index + 2, len(pieces)))
            )
            found += [_said(index, other, "“first” in the request") for other in others if other != index]
    return found


_PARTLY: frozenset[str] = wordlist("move migrate enable deploy upgrade switch start invite activate convert")
"""“Move staging first” says which part of the move comes first, not that the move does."""


def _ends_first(piece: Piece) -> bool:
    """“Dry run on staging first”: before everything else."""
    return piece.text.lower().rstrip(" .!").endswith("first")


def _previous(pieces: Sequence[Piece], index: int) -> list[int]:
    """What "then" follows: everything since the last "then", within the sentence before or the same one."""
    start = index - 1
    while (
        start > 0
        and pieces[start].cue not in {"then", "finally"}
        and pieces[start - 1].unit == pieces[start].unit
    ):
        start -= 1
    return list(range(start, index))


def _conditions(pieces: Sequence[Piece]) -> list[Link]:
    """“After the tests pass”: what the condition speaks of comes first."""
    found = []
    for index, piece in enumerate(pieces):
        for need in piece.needs:
            spoken = _stems(need)
            for other, candidate in enumerate(pieces):
                if (
                    other != index
                    and (spoken & (_stems(candidate.target) | {candidate.verb or ""})) - _GENERIC
                ):
                    found.append(_said(other, index, f"only when {need}"))
            if (
                not any(link.second == index for link in found)
                and index
                and _speaks_back(need, pieces[index - 1])
            ):
                found.append(_said(index - 1, index, f"only when {need}"))
    return found


def _speaks_back(need: str, last: Piece) -> bool:
    """Whether a condition speaks of how the work before it turns out: "if it is the cause"."""
    first = words(need)[:1]
    return bool(first) and (
        first[0].lower in {"it", "that", "this", "they", "everything", "all", "nothing"}
        or last.stage == "diagnosis"
    )


def _data(pieces: Sequence[Piece]) -> list[Link]:
    found = []
    for index, piece in enumerate(pieces):
        for name in piece.consumes:
            makers = [i for i, other in enumerate(pieces) if i != index and name in other.produces]
            earlier = [i for i in makers if i < index]
            maker = earlier[-1] if earlier else (makers[0] if makers else None)
            if maker is not None:
                found.append(Link(maker, index, "data", f"it needs `{name}`"))
    return found


def _checked(pieces: Sequence[Piece]) -> list[Link]:
    """What is held against other things is brought to its readers only after that."""
    return [
        _said(first, second, "what is checked goes out after the check")
        for first, piece in enumerate(pieces)
        for second, other in enumerate(pieces)
        if piece.part == "check" and other.part == "outlet" and set(piece.consumes) & set(other.consumes)
    ]


def _lists(pieces: Sequence[Piece]) -> list[Link]:
    found = []
    for index, piece in enumerate(pieces):
        if piece.marker != "number":
            continue
        before = [
            i
            for i in range(index)
            if pieces[i].marker == "number"
            and pieces[i].listing == piece.listing
            and pieces[i].unit < piece.unit
        ]
        if before:
            last = pieces[before[-1]].unit
            found += [
                Link(i, index, "list", "the request numbers its steps")
                for i in before
                if pieces[i].unit == last
            ]
    return found


def _anaphors(pieces: Sequence[Piece]) -> list[Link]:
    found = []
    for index, piece in enumerate(pieces):
        referent = _referent(pieces, index) if piece.anaphor else None
        if referent is not None:
            found.append(Link(referent, index, "anaphor", f"“{_short(piece)}” speaks of what came before"))
            continue
        for name in _definite(piece.target):
            makers = [i for i in range(index) if name in _made(pieces[i])]
            if makers:
                found.append(Link(makers[-1], index, "anaphor", f"“the {name}” is made before"))
                break
    return found


def _referent(pieces: Sequence[Piece], index: int) -> int | None:
    """What a pronoun speaks of: the work before it; for checks and texts the thing that was built."""
    if not index or pieces[index - 1].unit < pieces[index].unit - 1:
        return None
    near = [i for i in range(index - 1, -1, -1) if pieces[i].unit >= pieces[index].unit - 1]
    if pieces[index].stage in _ABOUT:
        near = [i for i in near if pieces[i].stage not in _ABOUT] or near
    last = pieces[near[0]]
    return None if last.stage == "clearing" or last.verb in {"remove", "delete", "drop"} else near[0]


_ABOUT: frozenset[Stage] = frozenset({"qa", "proof", "docs", "review", "audit", "report", "monitoring"})


def _definite(target: str) -> list[str]:
    """Heads of noun phrases that the text takes as known: "the notes"."""
    row = words(target)
    found = []
    for index, word in enumerate(row[:-1]):
        if word.lower in {"the", "those", "these", "that"}:
            stop = index + 1
            while (
                stop + 1 < len(row)
                and row[stop + 1].is_word
                and row[stop + 1].lower not in _STOPPERS
                and stop - index < 4
            ):
                stop += 1
            found.append(_stem(row[stop].lower))
    return [name for name in found if name not in _GENERIC]


_STOPPERS: frozenset[str] = wordlist(
    "of for in on at to from into by with that which and or as is are was so if when before after behind under over mention mentions contain contains"
)


def _made(piece: Piece) -> set[str]:
    """What a piece of work leaves behind, as its words name it."""
    head = _head(piece.target)
    made = {_stem(head)} if head else set()
    if piece.verb:
        made |= (
            {piece.verb, f"{piece.verb}s"}
            if piece.verb
            in {"fix", "deploy", "test", "design", "report", "release", "patch", "draft", "plan"}
            else set()
        )
        made |= {noun for verb, noun in _NOUNS.items() if verb == piece.verb}
    return made - _GENERIC


_NOUNS: dict[str, str] = {
    "migrate": "migration", "investigate": "finding", "evaluate": "evaluation", "analyze": "analysis", "deploy": "deployment",
    "implement": "implementation", "refactor": "refactoring", "summarize": "summary", "translate": "translation",
    "recommend": "recommendation", "transcribe": "transcript", "compare": "comparison", "collect": "collection",
}  # fmt: skip


def _head(target: str) -> str:
    row = words(target)
    stop = next((i for i, w in enumerate(row) if i and (not w.is_word or w.lower in _STOPPERS)), len(row))
    names = [w.lower for w in row[:stop] if w.is_word and w.lower not in DETERMINERS]
    return names[-1] if names else ""


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _stems(text: str) -> set[str]:
    names = {word.lower for word in words(text) if word.is_word and len(word.lower) > 2}
    return {_stem(name) for name in names} | {lemma_of(name) for name in names}


_GROUND: frozenset[Stage] = frozenset({"infra", "foundation"})
_SERVED: frozenset[Stage] = frozenset({"backend", "packaging"})


def _phases(pieces: Sequence[Piece]) -> list[Link]:
    found = []
    present = {piece.stage for piece in pieces}
    for index, piece in enumerate(pieces):
        for other, candidate in enumerate(pieces):
            if other == index or not comes_before(candidate.stage, piece.stage, backwards=other > index):
                continue
            if piece.stage == "monitoring" and candidate.stage not in _GROUND | _SERVED and present & _GROUND:
                continue
            found.append(Link(other, index, "phase", f"{candidate.stage} comes before {piece.stage}"))
    return found


def _short(piece: Piece) -> str:
    return piece.text if len(piece.text) <= 60 else piece.text[:57] + "…"
