"""An ask where it stands: what was asked before it, and what the title of the request speaks for."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from planner.rules.ask import Ask
from planner.rules.kinds.kind import Leanings


class Scene(NamedTuple):
    """`wonders`: the title of the request asks a question."""

    ask: Ask
    done: Sequence[Ask]
    theme: Leanings
    wonders: bool

    @property
    def verb(self) -> str | None:
        return self.ask.clause.verb

    @property
    def target(self) -> str:
        return self.ask.clause.object

    @property
    def in_production(self) -> bool:
        return self.ask.clause.environment == "production"


Hearing = Callable[[Leanings, Scene], Leanings]
"""One custom of speech: what words speak for, heard again in their scene."""
