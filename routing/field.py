"""The field of agents for one need: who is as good as the best, who is behind, who may not run."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

from routing.candidates import WhyNot


class Field(NamedTuple):
    """Agents by number. `lead` is how far the best is ahead of the next that is not its replica, as a
    share of its score: 0 for a tie or where nothing fits at all, 1 where nobody else fits.
    """

    scores: Mapping[int, float]
    equals: list[int]
    behind: list[int]
    barred: list[tuple[int, str]]
    lead: float


def survey(
    scores: Mapping[int, float],
    profiles: Sequence[Hashable],
    why_not: WhyNot,
    *,
    margin: float,
    count: int,
) -> Field:
    """Walk down from the best fit and stop as soon as nothing below can matter any more."""
    equals: list[int] = []
    behind: list[int] = []
    barred: list[tuple[int, str]] = []
    best, rival = 0.0, None
    for number in _downwards(scores, len(profiles)):
        score = scores.get(number, 0.0)
        enough = len(equals) + len(behind) >= count and score < best - margin
        if enough and rival is not None:
            break
        if (reason := why_not(number)) is not None:
            barred.append((number, reason))
            continue
        if not equals:
            best = score
        elif rival is None and profiles[number] != profiles[equals[0]]:
            rival = score
        (equals if score >= best - margin else behind).append(number)
    return Field(scores, equals, behind, barred, _lead(best, rival))


def _downwards(scores: Mapping[int, float], size: int) -> Iterator[int]:
    yield from sorted(scores, key=lambda number: (-scores[number], number))
    yield from (number for number in range(size) if number not in scores)


def _lead(best: float, rival: float | None) -> float:
    if best <= 0:
        return 0.0
    return 1.0 if rival is None else (best - rival) / best
