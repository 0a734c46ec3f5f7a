"""What planning asks of the rest of the house."""

from collections.abc import Callable, Sequence
from typing import Protocol

from domain.agent import Need, Ranking
from domain.ids import AgentId
from domain.plan import Subtask
from domain.request import Request
from domain.verdict import Judgement

Opinion = Callable[[AgentId, float], float]
"""Of an agent and its score (0–100): what it is worth all in all, 0–100."""


class Routes(Protocol):
    """Ranks agents for a piece of work; CPU only, well under a millisecond."""

    def rank(self, need: Need, *, shown: int | None = None, opinion: Opinion | None = None) -> Ranking:
        """Ranks the agents; names the best few, or as many as are asked to be shown.

        An opinion has the last word on the order of those that fit best.
        """
        ...


class Gate(Protocol):
    """Judges a plan's risk. What the request claims about itself may only raise it."""

    @property
    def version(self) -> str: ...

    def judge(self, request: Request, subtasks: Sequence[Subtask]) -> Judgement: ...
