"""Who does a piece of work: the router's ranking, held to the kind of work that the words ask for."""

from typing import NamedTuple

from domain.agent import Agent, Manifest, Need, Ranking, Skill
from domain.ids import AgentId
from planner.ports import Routes
from planner.rules.capability import Capabilities, Kind
from planner.rules.concepts import Concept
from planner.rules.words import words

TRUST = 60.0
"""Points of fit (of 100) by which a rival outside the asked-for kind must lead to be taken all the same."""

TRUST_NAMED = 20.0
"""The same for a rival whose inputs or outputs the words name."""

KEPT = 3


class Assigned(NamedTuple):
    """An agent for a piece of work, why, and what that agent takes and leaves."""

    agent: AgentId | None
    ranking: Ranking
    required: tuple[str, ...]
    concept: Concept | None
    """The kind of work: what the words say, else what the agent does most."""
    consumes: tuple[str, ...]
    produces: tuple[str, ...]


class Assigner:
    """Assigns pieces of work to the agents of one manifest."""

    def __init__(self, manifest: Manifest, routes: Routes, capabilities: Capabilities) -> None:
        self._manifest, self._routes, self._capabilities = manifest, routes, capabilities

    def assign(self, text: str, kind: Kind | None) -> Assigned:
        """The best agent for a text that asks for a kind of work."""
        tag = self._capabilities.tag(kind.concept) if kind else None
        ranking = self._routes.rank(Need(text=text, preferred_tags=(tag,) if tag else ()))
        required: tuple[str, ...] = ()
        if kind is not None and tag is not None and kind.spoken and not self._serves(kind, ranking):
            ranking, required = self._held(text, kind, tag, ranking)
        skill = self._skill(ranking.chosen, text)
        return Assigned(
            agent=ranking.chosen,
            ranking=ranking.model_copy(update={"candidates": ranking.candidates[:KEPT]}),
            required=required,
            consumes=skill.consumes if skill else (),
            produces=skill.produces if skill else (),
            concept=kind.concept if kind and kind.spoken else self._capabilities.usual(ranking.chosen),
        )

    def checks(self, text: str) -> bool:
        """Whether the agent that fits a text best works on just the things it names."""
        return self._named(self._routes.rank(Need(text=text)).chosen, text)

    def _serves(self, kind: Kind, ranking: Ranking) -> bool:
        return ranking.chosen is not None and ranking.chosen in self._capabilities.serves(kind.concept)

    def _held(self, text: str, kind: Kind, tag: str, free: Ranking) -> tuple[Ranking, tuple[str, ...]]:
        """Require the tag, unless the free choice speaks the very words of the work."""
        held = self._routes.rank(Need(text=text, required_tags=(tag,)))
        if held.chosen is None:
            return free, ()
        wanted = (TRUST_NAMED if self._named(free.chosen, text) else TRUST) * min(1.0, kind.lead / 3.0)
        if free.chosen is not None and _score(free) - _score(held) > wanted:
            return free, ()
        return held, (tag,)

    def _named(self, agent_id: AgentId | None, text: str) -> bool:
        """Whether the words speak of what the agent takes or leaves: "the notes", "every commit"."""
        agent = self._manifest.agent(agent_id) if agent_id else None
        spoken = {word.lower.removesuffix("s") for word in words(text)}
        names = (
            {name for skill in agent.skills for name in (*skill.consumes, *skill.produces)}
            if agent
            else set()
        )
        return any(name.lower().removesuffix("s") in spoken for name in names)

    def _skill(self, agent_id: AgentId | None, text: str) -> Skill | None:
        """The skill of the agent that the words mean."""
        agent = self._manifest.agent(agent_id) if agent_id else None
        if agent is None:
            return None
        return agent.skills[0] if len(agent.skills) == 1 else _meant(agent, text)


def _score(ranking: Ranking) -> float:
    return next((c.score for c in ranking.candidates if c.agent == ranking.chosen), 0.0)


def _meant(agent: Agent, text: str) -> Skill:
    spoken = {word.lower for word in words(text)}

    def overlap(skill: Skill) -> int:
        said = " ".join((skill.id, skill.name, skill.description, *skill.tags, *skill.examples)).lower()
        return len(spoken & {word.lower for word in words(said)})

    return max(agent.skills, key=overlap)
