"""Asks that are kept while others go, with `after` pointing to their new places."""

from collections.abc import Sequence

from planner.rules.ask import Ask


def renumbered(asks: Sequence[Ask], kept: Sequence[tuple[int, Ask]]) -> tuple[Ask, ...]:
    """The kept asks, with `after` pointing to their new places."""
    places: dict[int, list[int]] = {number: [] for number in range(len(asks))}
    for new, (old, _) in enumerate(kept):
        places[old].append(new)
    return tuple(ask._replace(after=tuple(n for old in ask.after for n in places[old])) for _, ask in kept)
