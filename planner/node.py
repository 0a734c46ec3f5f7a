"""A subtask to be: what it asks, and of whom."""

from typing import NamedTuple

from domain.clause import Clause
from planner.assign import Assigned
from planner.rules.ask import Ask


class Node(NamedTuple):
    """One or more asks that one agent does in one go. `asks` are their places in the request; a step that only
    similar plans know of has none.
    """

    ask: Ask
    clauses: tuple[Clause, ...]
    texts: tuple[str, ...]
    asks: tuple[int, ...]
    given: Assigned
    behaves: bool = False
    """Whether its words only tell how a thing that is being made will behave."""

    @property
    def text(self) -> str:
        return "; ".join(self.texts)

    def joined_by(self, ask: Ask, number: int) -> "Node":
        return self._replace(
            clauses=(*self.clauses, ask.clause), texts=(*self.texts, ask.text), asks=(*self.asks, number)
        )
