"""Puts a router's narrow choice to a language model; whatever goes wrong with that leaves the router's choice."""

from collections.abc import Callable, Sequence
from typing import Final

from agent.llm.conversation import Silent
from agent.llm.models import Bounds, Models
from domain.agent import Agent, Ranking
from routing.tie import choice, question, rivals, settled, shape

SECONDS: Final = 10.0
TOKENS: Final = 12_000
ANSWER: Final = 1_000


class TieBreak:
    def __init__(self, models: Models, agents: Sequence[Agent], boundary: Callable[[], str]) -> None:
        self._models = models
        self._agents = tuple(agents)
        self._boundary = boundary

    async def settled(self, text: str, ranking: Ranking) -> Ranking:
        """The same ranking where the margin is wide, where no model answers, or where it names nobody of those."""
        between = rivals(ranking, self._agents)
        if not between:
            return ranking
        asked = self._models.conversation(self._bounds())
        said = await asked.ask(question(text, between, self._boundary()), shape(between), plainer=False)
        if isinstance(said, Silent):
            return ranking
        agent = choice(said.text, between)
        return ranking if agent is None else settled(ranking, agent, said.model)

    def _bounds(self) -> Bounds:
        """Less than planning may take: somebody waits for one agent only."""
        whole = self._models.bounds
        return Bounds(min(SECONDS, whole.seconds), min(TOKENS, whole.tokens), ANSWER, whole.usd)
