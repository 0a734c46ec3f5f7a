"""The field of agents for one need: who is as good as the best, who is behind, who may not run."""

from collections.abc import Iterable
from typing import NamedTuple

from routing.candidates import WhyNot
from routing.score import Placed

MANY = 100
"""Equals among whom load and SLA choose; in a larger fleet the first hundred have somebody idle."""


class Field(NamedTuple):
    """`lead` is how far the best is ahead of the next that is not its replica, as a share of its fit:
    0 for a tie or where nothing fits at all, 1 where nobody else fits.
    """

    equals: list[Placed]
    behind: list[Placed]
    barred: list[tuple[Placed, str]]
    lead: float


def survey(downwards: Iterable[Placed], why_not: WhyNot, *, margin: float, count: int) -> Field:
    """Walk down from the best fit and stop as soon as nothing below can matter any more.

    `margin` is the share of the best fit within which agents are equals.
    """
    equals: list[Placed] = []
    behind: list[Placed] = []
    barred: list[tuple[Placed, str]] = []
    enough, rival = 0.0, None
    for placed in downwards:
        fit = placed.fit
        if rival is not None and (
            len(equals) >= MANY or (fit < enough and len(equals) + len(behind) >= count)
        ):
            break
        if len(equals) >= MANY and placed.group == equals[0].group:
            continue
        if (reason := why_not(placed.number)) is not None:
            barred.append((placed, reason))
            continue
        if not equals:
            enough = fit * (1 - margin)
        elif rival is None and placed.group != equals[0].group:
            rival = fit
        (equals if fit >= enough else behind).append(placed)
    return Field(equals, behind, barred, _lead(equals, rival))


def _lead(equals: list[Placed], rival: float | None) -> float:
    best = equals[0].fit if equals else 0.0
    if best <= 0:
        return 0.0
    return 1.0 if rival is None else (best - rival) / best
