"""How well each agent fits a text (0–100), and how soon it would be done."""

from collections.abc import Iterable, Mapping, Sequence

from domain.agent import Agent, AgentState, Need
from domain.ids import AgentId
from routing.lexical import Document, LexicalIndex, Passage
from routing.ports import Scorer

NAME_WEIGHT = 2.0
TAG_WEIGHT = 1.5
EXAMPLE_WEIGHT = 1.0
TAG_BONUS = 0.1
"""What all preferred tags together add to a fit of 0–1."""


class Fit:
    """Scores agents for a need; everything that can be computed before is."""

    def __init__(
        self,
        agents: Sequence[Agent],
        examples: Mapping[AgentId, Sequence[str]],
        scorers: Sequence[Scorer],
    ) -> None:
        self._index = LexicalIndex([document(agent, examples.get(agent.id, ())) for agent in agents])
        self._numbers = {agent.id: number for number, agent in enumerate(agents)}
        self._tagged = _by_tag(agents)
        self._scorers = scorers

    def scores(self, need: Need) -> dict[int, float]:
        """Agents by number with a score above 0; whoever is left out has 0."""
        found = self._index.scores(need.text)
        for tag in need.preferred_tags:
            for number in self._tagged.get(tag.casefold(), ()):
                found[number] = found.get(number, 0.0) + TAG_BONUS / len(need.preferred_tags)
        total = 1.0
        for scorer in self._scorers:
            total += scorer.weight
            for agent, score in scorer.scores(need.text).items():
                if (known := self._numbers.get(agent)) is not None:
                    found[known] = found.get(known, 0.0) + scorer.weight * score
        return {number: min(100.0, 100.0 * score / total) for number, score in found.items()}


def document(agent: Agent, examples: Iterable[str]) -> Document:
    """What an agent says of itself, weighed: names and tags are chosen words, prose is not."""
    texts = {agent.description, *(skill.description for skill in agent.skills)}
    names = {agent.name, agent.id, *(part for skill in agent.skills for part in (skill.name, skill.id))}
    return (
        *(Passage(name, NAME_WEIGHT) for name in sorted(names)),
        *(Passage(text) for text in sorted(texts)),
        *(Passage(" ".join(skill.tags), TAG_WEIGHT) for skill in agent.skills),
        *(Passage(example, EXAMPLE_WEIGHT) for skill in agent.skills for example in skill.examples),
        *(Passage(example, EXAMPLE_WEIGHT) for example in examples),
    )


def expected_finish_s(agent: Agent, state: AgentState | None) -> float:
    """Seconds until work given now would be done: whole rounds of waiting for a slot, then its own time."""
    usual = next((s for s in (agent.sla.p50_s, agent.sla.p95_s) if s is not None), agent.sla.timeout_s)
    running, slots = (state.running if state else 0), agent.limits.max_concurrency
    return usual * (1 + (running // slots if slots else 0))


def load(agent: Agent, state: AgentState | None) -> float:
    """The share of its slots that is taken."""
    slots = agent.limits.max_concurrency
    return state.running / slots if state and slots else 0.0


def _by_tag(agents: Sequence[Agent]) -> dict[str, list[int]]:
    tagged: dict[str, list[int]] = {}
    for number, agent in enumerate(agents):
        for tag in sorted({tag.casefold() for tag in agent.tags}):
            tagged.setdefault(tag, []).append(number)
    return tagged
