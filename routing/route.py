"""Ranks agents for a piece of work and says why."""

from collections.abc import Mapping, Sequence

from domain.agent import Agent, AgentState, Manifest, Need, Ranking
from domain.ids import AgentId
from routing.candidates import Eligibility
from routing.explain import Explainer
from routing.field import Field, survey
from routing.ports import Scorer
from routing.score import Fit, expected_finish_s, load

MAX_EXAMPLES = 20
"""Confirmed utterances kept per agent, the latest ones."""

SHOWN = 5
NO_STATES: Mapping[AgentId, AgentState] = {}


class Router:
    """Chooses among the agents of one manifest.

    `margin`: score points within which agents count as equally able, so that load and SLA decide.
    `sure`: share of the best score that must separate it from the next for the choice to be confident.
    """

    def __init__(
        self,
        manifest: Manifest,
        *,
        margin: float = 1.0,
        sure: float = 0.1,
        shown: int = SHOWN,
        examples: Mapping[AgentId, Sequence[str]] | None = None,
        scorers: Sequence[Scorer] = (),
    ) -> None:
        self.manifest = manifest
        self._agents = manifest.agents
        self._margin, self._sure, self._shown = margin, sure, max(3, shown)
        self._examples = {agent: tuple(texts)[-MAX_EXAMPLES:] for agent, texts in (examples or {}).items()}
        self._scorers = tuple(scorers)
        self._eligibility = Eligibility(self._agents)
        self._fit = Fit(self._agents, self._examples, self._scorers)
        self._explain = Explainer(self._agents, self._eligibility, self._examples)
        self._profiles = [_profile(agent) for agent in self._agents]

    def with_examples(self, confirmed: Mapping[AgentId, Sequence[str]]) -> "Router":
        """The same router, having learnt who did which work well; the latest 20 an agent are kept."""
        known = [*self._examples, *(agent for agent in confirmed if agent not in self._examples)]
        return Router(
            self.manifest,
            margin=self._margin,
            sure=self._sure,
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
    ) -> Ranking:
        """The best agent and its rivals, then whoever would have been better but may not.

        Only the first few are named and explained; `shown` asks for more.
        """
        known = NO_STATES if states is None else states
        count = self._shown if shown is None else max(1, shown)
        scores = self._fit.scores(need)
        field = survey(
            scores, self._profiles, self._eligibility.of(need, known), margin=self._margin, count=count
        )
        order = self._order(field, known)
        listed = [*((number, None) for number in order[:count]), *field.barred[:count]]
        return Ranking(
            chosen=self._agents[order[0]].id if order else None,
            candidates=tuple(
                self._explain.candidate(number, need, scores.get(number, 0.0), why_not, known)
                for number, why_not in listed
            ),
            low_confidence=bool(order) and field.lead < self._sure,
        )

    def _order(self, field: Field, states: Mapping[AgentId, AgentState]) -> list[int]:
        """Equals by least expected finish; everybody else by score."""
        if len(field.equals) == 1:
            return [*field.equals, *field.behind]
        agents, scores = self._agents, field.scores

        def soonest(number: int) -> tuple[float, float, float, int]:
            agent = agents[number]
            state = states.get(agent.id)
            return expected_finish_s(agent, state), -scores.get(number, 0.0), load(agent, state), number

        return [*sorted(field.equals, key=soonest), *field.behind]


def _profile(agent: Agent) -> tuple[object, ...]:
    """What an agent can do, whatever it is called: two of the same profile are not rivals but replicas."""
    return agent.description, agent.skills
