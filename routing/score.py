"""How well each agent fits a need, and how soon it would be done."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.agent import Agent, AgentState, Need
from domain.ids import AgentId
from routing.lexical import Document, LexicalIndex, Passage
from routing.ports import Scorer
from routing.query import Term, terms

NAME_WEIGHT = 3.0
TAG_WEIGHT = 2.0
_NUMBER = re.compile(r"(?<![A-Za-z0-9])\d+(?![A-Za-z0-9])")


class Placed(NamedTuple):
    """An agent by its number, with its fit in 0–1. Agents of one group say the same of themselves."""

    number: int
    group: int
    fit: float


class Fit:
    """Scores agents for needs; everything that can be computed before is.

    A group shares one document, so that a fleet of replicas costs no more than one agent.
    """

    def __init__(
        self,
        agents: Sequence[Agent],
        examples: Mapping[AgentId, Sequence[str]],
        scorers: Sequence[Scorer],
    ) -> None:
        groups: dict[Document, list[int]] = {}
        for number, agent in enumerate(agents):
            groups.setdefault(document(agent, examples.get(agent.id, ())), []).append(number)
        self._agents = agents
        self._groups = list(groups.values())
        self._index = LexicalIndex(list(groups))
        self._scorers = scorers

    def downwards(self, need: Need, query: Sequence[Term]) -> Iterator[Placed]:
        """All agents, the best fit first."""
        placed = self._placed(*self._index.score(query))
        return self._blended(placed, need.text) if self._scorers else placed

    def _placed(self, fits: Mapping[int, float], order: Sequence[int]) -> Iterator[Placed]:
        for group in order:
            fit = fits[group]
            for number in self._groups[group]:
                yield Placed(number, group, fit)
        for group, numbers in enumerate(self._groups):
            if group not in fits:
                yield from (Placed(number, group, 0.0) for number in numbers)

    def _blended(self, placed: Iterable[Placed], text: str) -> Iterator[Placed]:
        opinions = [(scorer.weight, scorer.scores(text)) for scorer in self._scorers]
        whole = 1.0 + sum(weight for weight, _ in opinions)

        def blend(one: Placed) -> Placed:
            agent = self._agents[one.number].id
            told = sum(weight * scores.get(agent, 0.0) for weight, scores in opinions)
            return one._replace(fit=(one.fit + told) / whole)

        yield from sorted(map(blend, placed), key=lambda one: (-one.fit, one.number))

    def query(self, need: Need) -> list[Term]:
        """What counts of the need; preferred tags count like its verbs."""
        return terms(need.text, need.preferred_tags)

    def known(self, placed: Placed, query: Sequence[Term]) -> list[str]:
        """The words of a query that the agent says of itself."""
        own = self._index.impacts[placed.group]
        return [term.word for term in query if term.stem in own]


def document(agent: Agent, examples: Iterable[str]) -> Document:
    """What an agent says of itself, weighed: names and tags are chosen words, prose is not.

    Numbers in names say nothing: `backend-2` can do what `backend-1` can.
    """
    texts = {agent.description, *(skill.description for skill in agent.skills)}
    names = {agent.name, agent.id, *(part for skill in agent.skills for part in (skill.name, skill.id))}
    return (
        *(Passage(name, NAME_WEIGHT) for name in sorted({_NUMBER.sub(" ", name).strip() for name in names})),
        *(Passage(text) for text in sorted(texts)),
        *(Passage(" ".join(skill.tags), TAG_WEIGHT) for skill in agent.skills),
        *(Passage(example) for skill in agent.skills for example in skill.examples),
        *(Passage(example) for example in examples),
    )


def usual_s(agent: Agent) -> float:
    """Seconds its work usually takes; its time-out where it does not say."""
    sla = agent.sla
    return next((seconds for seconds in (sla.p50_s, sla.p95_s) if seconds is not None), sla.timeout_s)


def expected_finish_s(agent: Agent, state: AgentState | None) -> float:
    """Seconds until work given now would be done: whole rounds of waiting for a slot, then its own time."""
    running, slots = (state.running if state else 0), agent.limits.max_concurrency
    return usual_s(agent) * (1 + (running // slots if slots else 0))


def load(agent: Agent, state: AgentState | None) -> float:
    """The share of its slots that is taken."""
    slots = agent.limits.max_concurrency
    return state.running / slots if state and slots else 0.0
