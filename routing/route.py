"""Ranks agents for a piece of work and says why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from domain.agent import AgentState, Manifest, Need, Ranking
from domain.ids import AgentId
from routing.candidates import Eligibility
from routing.explain import Explainer
from routing.field import Field, survey
from routing.ports import Opinion, Scorer
from routing.score import Fit, Placed, expected_finish_s, load, usual_s

MAX_EXAMPLES = 20
"""Confirmed utterances kept per agent, the latest ones."""

SHOWN = 3
WIDEST = 40
NO_STATES: Mapping[AgentId, AgentState] = {}


class Router:
    """Chooses among the agents of one manifest.

    `margin`: share of the best score within which agents count as equally able, so that load and SLA decide.
    `sure`: share of the best score that must separate it from the next for the choice to be confident.
    `ask_below`: the share below which a person is to choose; 0 asks nobody.
    """

    def __init__(
        self,
        manifest: Manifest,
        *,
        margin: float = 0.02,
        sure: float = 0.1,
        shown: int = SHOWN,
        ask_below: float = 0.0,
        examples: Mapping[AgentId, Sequence[str]] | None = None,
        scorers: Sequence[Scorer] = (),
    ) -> None:
        self.manifest = manifest
        self._agents = manifest.agents
        self._margin, self._sure, self._shown = margin, sure, max(3, shown)
        self._ask_below = ask_below
        self._examples = {agent: tuple(texts)[-MAX_EXAMPLES:] for agent, texts in (examples or {}).items()}
        self._scorers = tuple(scorers)
        self._eligibility = Eligibility(self._agents)
        self._fit = Fit(self._agents, self._examples, self._scorers)
        self._explain = Explainer(self._agents, self._eligibility, self._fit)
        self._usual = [usual_s(agent) for agent in self._agents]

    def with_examples(self, confirmed: Mapping[AgentId, Sequence[str]]) -> "Router":
        """The same router, having learnt who did which work well; the latest 20 an agent are kept."""
        known = [*self._examples, *(agent for agent in confirmed if agent not in self._examples)]
        return Router(
            self.manifest,
            margin=self._margin,
            sure=self._sure,
            ask_below=self._ask_below,
            shown=self._shown,
            examples={a: (*self._examples.get(a, ()), *confirmed.get(a, ())) for a in known},
            scorers=self._scorers,
        )

    def rank(
        self,
        need: Need,
        states: Mapping[AgentId, AgentState] | None = None,
        *,
        shown: int | None = None,
        opinion: Opinion | None = None,
    ) -> Ranking:
        """The best agent and its rivals, then whoever would have been better but may not.

        Only the first few are named and explained; `shown` asks for more. An opinion is asked for each of the
        40 that fit best and has the last word on their order.
        """
        known = NO_STATES if states is None else states
        count = self._shown if shown is None else max(1, shown)
        query = self._fit.query(need)
        downwards = self._fit.downwards(need, query)
        if opinion is not None:
            downwards = self._judged(downwards, opinion)
        field = survey(downwards, self._eligibility.of(need, known), margin=self._margin, count=count)
        order = self._order(field, known)
        listed = [*((placed, None) for placed in order[:count]), *field.barred[:count]]
        return Ranking(
            chosen=self._agents[order[0].number].id if order else None,
            candidates=tuple(
                self._explain.candidate(
                    placed, need, query, why_not=why_not, state=known.get(self._agents[placed.number].id)
                )
                for placed, why_not in listed
            ),
            low_confidence=bool(order) and field.lead < self._sure,
            needs_person=bool(order) and field.lead < self._ask_below,
        )

    def _judged(self, downwards: Iterable[Placed], opinion: Opinion) -> Iterator[Placed]:
        """Replicas of one agent stay together, as they are all the same to an opinion on fit."""
        agents = self._agents
        likely = [
            placed._replace(fit=opinion(agents[placed.number].id, 100.0 * placed.fit) / 100.0)
            for placed in islice(downwards, WIDEST)
        ]
        return iter(sorted(likely, key=lambda placed: -placed.fit))

    def _order(self, field: Field, states: Mapping[AgentId, AgentState]) -> list[Placed]:
        """Equals by least expected finish, then by fit, then by load; everybody else by fit."""
        agents, usual = self._agents, self._usual

        def soonest(placed: Placed) -> tuple[float, float, float, int]:
            number = placed.number
            state = states.get(agents[number].id) if states else None
            if state is None:
                return usual[number], -placed.fit, 0.0, number
            agent = agents[number]
            return expected_finish_s(agent, state), -placed.fit, load(agent, state), number

        return [*sorted(field.equals, key=soonest), *field.behind]
