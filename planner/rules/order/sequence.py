"""The order that a request gives in so many words: "then", "first", numbered steps."""

from collections.abc import Sequence

from planner.rules.order.piece import Link, Piece, as_said, short
from planner.rules.wordlist import wordlist


def explicit(pieces: Sequence[Piece]) -> list[Link]:
    """What clauses and words of order say: "before deploying", "then", "finally", "first"."""
    found = []
    for index, piece in enumerate(pieces):
        found += [
            as_said(other, index, f"the request puts “{short(pieces[other])}” first") for other in piece.after
        ]
        if piece.cue == "then" and index:
            found += [
                Link(other, index, "sequence", "“then” in the request") for other in _previous(pieces, index)
            ]
        elif (head := _headed(pieces, index)) is not None:
            found += [
                Link(other, index, "sequence", "“then” at the head of its sentence")
                for other in _previous(pieces, head)
            ]
        if piece.cue == "earlier" and index:
            found += [
                as_said(first, second, "“before that” in the request")
                for first in _with(pieces, index)
                for second in _anchors(pieces, index)
            ]
        if piece.cue == "finally":
            found += [Link(other, index, "sequence", "“finally” in the request") for other in range(index)]
        if piece.cue == "first" and piece.stage not in {"release", "rollback"} and piece.verb not in _PARTLY:
            others = (
                range(len(pieces)) if _ends_first(piece) else range(index + 1, min(index + 2, len(pieces)))
            )
            found += [as_said(index, other, "“first” in the request") for other in others if other != index]
    return found


_PARTLY: frozenset[str] = wordlist("move migrate enable deploy upgrade switch start invite activate convert")
"""“Move staging first” says which part of the move comes first, not that the move does."""


def _with(pieces: Sequence[Piece], index: int) -> list[int]:
    """“Before that the check has to go, and the pages must be written”: what heads a sentence speaks for all of it."""
    unit = pieces[index].unit
    if pieces[index - 1].unit == unit and pieces[index - 1].cue != "earlier":
        return [index]
    return [
        i
        for i in range(index, len(pieces))
        if pieces[i].unit == unit and pieces[i].cue in {"none", "earlier"}
    ]


def _anchors(pieces: Sequence[Piece], index: int) -> list[int]:
    """What "before that" points at: where the sentence before it leads, or what the same sentence said last."""
    unit = pieces[index].unit
    start = next(
        (i for i in range(index, -1, -1) if pieces[i].unit != unit or pieces[i].cue != "earlier"), -1
    )
    if start < 0:
        return []
    said = [i for i in range(start + 1) if pieces[i].unit == pieces[start].unit]
    ahead = {other for i in said for other in pieces[i].after}
    return [said[-1]] if said[-1] not in ahead else [i for i in said if i not in ahead][-1:]


def _ends_first(piece: Piece) -> bool:
    """“Dry run on staging first”: before everything else."""
    return piece.text.lower().rstrip(" .!").endswith("first")


def _headed(pieces: Sequence[Piece], index: int) -> int | None:
    """“After that cancel them and return the money”: what heads a sentence is said of all of it."""
    unit = pieces[index].unit
    head = next(i for i in range(index + 1) if pieces[i].unit == unit)
    heads = 0 < head < index and pieces[head].cue == "then" and pieces[index].cue == "none"
    return head if heads and pieces[index].marker == "prose" else None


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


def numbered(pieces: Sequence[Piece]) -> list[Link]:
    """Each step of a numbered list after the step before it."""
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
