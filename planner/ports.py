"""What planning asks of the rest of the house."""

from collections.abc import Sequence
from typing import Protocol

from domain.agent import Need, Ranking
from domain.plan import Subtask
from domain.request import Request
from domain.verdict import Judgement


class Routes(Protocol):
    """Ranks agents for a piece of work; CPU only, well under a millisecond."""

    def rank(self, need: Need, *, shown: int | None = None) -> Ranking:
        """Ranks the agents; names the best few, or as many as are asked to be shown."""
        ...


class Gate(Protocol):
    """Judges a plan's risk. What the request claims about itself may only raise it."""

    @property
    def version(self) -> str: ...

    def judge(self, request: Request, subtasks: Sequence[Subtask]) -> Judgement: ...
