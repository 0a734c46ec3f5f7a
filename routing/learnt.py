"""A router that learns while it is in use: whoever holds it asks the latest one."""

from collections.abc import Mapping, Sequence

from domain.agent import AgentState, Need, Ranking
from domain.ids import AgentId
from routing.ports import Opinion
from routing.route import Router


class Learnt:
    """Ranks as the router of the moment does."""

    def __init__(self, untaught: Router) -> None:
        self._untaught = self._current = untaught

    def rank(
        self,
        need: Need,
        states: Mapping[AgentId, AgentState] | None = None,
        *,
        shown: int | None = None,
        opinion: Opinion | None = None,
    ) -> Ranking:
        return self._current.rank(need, states, shown=shown, opinion=opinion)

    def learn(self, confirmed: Mapping[AgentId, Sequence[str]]) -> None:
        """Who did which work well, all of it: it takes the place of what was learnt before. Takes CPU time."""
        self._current = self._untaught.with_examples(confirmed)
