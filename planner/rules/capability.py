"""Which agents of a manifest do which kind of work."""

from collections.abc import Mapping, Sequence

from domain.agent import Agent, Manifest
from domain.clause import Clause
from domain.ids import AgentId
from planner.rules.concepts import CONCEPTS, Concept, vocabulary
from planner.rules.kinds.leanings import kind_of

LEAST_CLAIM = 0.3
"""One tag that other trades use as well is no claim to a kind of work."""


class Capabilities:
    """A manifest seen as the kinds of work its agents do."""

    def __init__(self, manifest: Manifest) -> None:
        self._served = {concept: _served(manifest.agents, concept) for concept in CONCEPTS}

    @property
    def known(self) -> bool:
        """Whether any agent does any of these kinds of work."""
        return any(self._served.values())

    def tag(self, concept: Concept) -> str | None:
        """The tag that agents for this kind carry; nothing where the manifest has none."""
        found = self._served[concept]
        return found[0] if found else None

    def serves(self, concept: Concept) -> Mapping[AgentId, float]:
        """Agents for this kind, with how much of it they claim."""
        found = self._served[concept]
        return found[1] if found else {}

    def concept(self, clause: Clause, required_tags: Sequence[str], agent: AgentId | None) -> Concept | None:
        """The kind of work a subtask is: by its own words, else by the tag it requires, else by its agent."""
        kind = kind_of(clause.verb, clause.object)
        if kind is not None and kind.score >= 2 and self.tag(kind.concept) is not None:
            return kind.concept
        tagged = next((c for c in CONCEPTS for tag in required_tags[:1] if self.tag(c) == tag), None)
        return tagged or self.usual(agent)

    def usual(self, agent: AgentId | None) -> Concept | None:
        """The kind of work an agent does most; nothing for one that does none of them."""
        claims = {c: self.serves(c)[agent] for c in CONCEPTS if agent is not None and agent in self.serves(c)}
        return max(claims, key=lambda concept: claims[concept], default=None)


def _served(agents: tuple[Agent, ...], concept: Concept) -> tuple[str, dict[AgentId, float]] | None:
    tags = vocabulary().tags[concept]
    claims: dict[AgentId, float] = {}
    for agent in agents:
        own = {tag.lower() for tag in agent.tags} | {agent.id.lower()}
        claims[agent.id] = sum(1.0 / (1 + rank) for rank, tag in enumerate(tags) if tag in own)
    best = max(claims.values(), default=0.0)
    if best < LEAST_CLAIM:
        return None
    chosen = {agent: claim for agent, claim in claims.items() if claim >= 0.6 * best}
    carried = [{tag.lower() for tag in agent.tags} for agent in agents if agent.id in chosen]
    tag = next((tag for tag in tags if any(tag in own for own in carried)), None)
    return (tag, chosen) if tag else None
