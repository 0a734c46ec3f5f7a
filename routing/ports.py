"""What routing may be given besides its own measure."""

from collections.abc import Callable, Mapping
from typing import Protocol

from domain.ids import AgentId

Opinion = Callable[[AgentId, float], float]
"""Of an agent and its score (0–100): what it is worth all in all, 0–100."""


class Scorer(Protocol):
    """One more opinion on how well each agent fits a text, e.g. from sentence embeddings.

    Scores lie in 0–1; an agent left out counts as 0. Called once per decision, on the CPU, so a
    scorer that is not quick should remember what it was asked.
    """

    @property
    def weight(self) -> float:
        """Its share beside the lexical score, which has the weight 1."""
        ...

    def scores(self, text: str) -> Mapping[AgentId, float]: ...
