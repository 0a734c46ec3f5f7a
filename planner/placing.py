"""Where more work goes among the work that is there: first, last, or before its kin."""

from collections.abc import Iterator, Sequence

from domain.plan import Subtask
from planner.reword import verb_of


def kin(what: str, others: Sequence[Subtask]) -> Subtask | None:
    """Work that does the same elsewhere: "publish to staging first" comes before what publishes."""
    alike = [s for s in others if verb_of(what) and verb_of(what) == verb_of(s.title)]
    return alike[0] if len(alike) == 1 else None


def around(one: Subtask, others: Sequence[Subtask], *, first: bool) -> Iterator[tuple[Subtask, Subtask]]:
    """Pairs, the earlier one first, that put `one` before all others or behind them."""
    if first:
        yield from ((one, s) for s in others if not s.depends_on)
    else:
        known = {edge.on for edge in one.depends_on}
        yield from ((s, one) for s in ends(others) if s.subtask_id not in known)


def ends(subtasks: Sequence[Subtask]) -> list[Subtask]:
    """What nobody waits for."""
    waited = {edge.on for s in subtasks for edge in s.depends_on}
    return [s for s in subtasks if s.subtask_id not in waited]
