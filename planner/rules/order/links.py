"""Edges between pieces of work: parallel, unless there is a reason, and every reason is written down."""

import re
from collections.abc import Sequence

from domain.ids import AgentId
from planner.rules.order.acts import told_in_turn
from planner.rules.order.custom import by_custom
from planner.rules.order.mentions import anaphors, conditions
from planner.rules.order.piece import Link, Piece, as_said
from planner.rules.order.sequence import explicit, numbered
from planner.rules.stages import Stage, comes_before
from planner.rules.wordlist import wordlist

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
        *explicit(pieces),
        *_checked(pieces),
        *conditions(pieces),
        *numbered(pieces),
        *anaphors(pieces),
        *told_in_turn(pieces),
        *by_custom(pieces),
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


def _direct(taken: Sequence[Link], second: int) -> set[int]:
    return {link.first for link in taken if link.second == second}


def _close(before: list[set[int]], link: Link) -> None:
    gained = before[link.first] | {link.first}
    before[link.second] |= gained
    for behind in before:
        if link.second in behind:
            behind.update(gained)


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
        as_said(first, second, "what is checked goes out after the check")
        for first, piece in enumerate(pieces)
        for second, other in enumerate(pieces)
        if piece.part == "check" and other.part == "outlet" and set(piece.consumes) & set(other.consumes)
    ]


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
            if (
                piece.stage == "frontend"
                and not _PROGRESS.search(piece.target)
                and _in_background(candidate, pieces)
            ):
                continue
            if other > index and (candidate.cue == "parallel" or _stays_ahead(piece)):
                continue
            if _is_of_the_code(piece, pieces[other + 1 : index], candidate) or _is_of_a_story(
                piece, candidate
            ):
                continue
            found.append(Link(other, index, "phase", f"{candidate.stage} comes before {piece.stage}"))
    return found


def _stays_ahead(piece: Piece) -> bool:
    """“Export the wiki, shut down the machines”, "have it reviewed, apply it": of what comes later it does not tell."""
    moves = piece.stage == "docs" and piece.verb in _MOVES
    return moves or (piece.stage in {"review", "audit"} and piece.anaphor)


_MOVES: frozenset[str] = wordlist("export copy translate move download back archive print save")


def _is_of_the_code(piece: Piece, between: Sequence[Piece], candidate: Piece) -> bool:
    """“Restore the rows, fix the import and add a test”: the test is of the import."""
    rows = candidate.stage in {"filling", "clearing"} and piece.stage == "qa"
    return rows and any(other.stage in {"backend", "frontend"} for other in between)


def _is_of_a_story(piece: Piece, candidate: Piece) -> bool:
    """What a user wants to do is tested and told of by what the service does."""
    return (
        piece.stage in {"qa", "docs"}
        and candidate.verb == "build"
        and candidate.target.startswith("the page to ")
    )


def _in_background(candidate: Piece, pieces: Sequence[Piece]) -> bool:
    """A screen waits for what answers it, not for a job beside that."""
    served = [piece for piece in pieces if piece.stage == "backend"]
    return len(served) > 1 and candidate.stage == "backend" and _JOB.search(candidate.target) is not None


_PROGRESS = re.compile(r"\b(?:progress|status)\b", re.IGNORECASE)
_JOB = re.compile(r"\b(?:jobs?|cron|worker|mailer|scheduler)\b", re.IGNORECASE)


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
