"""Who does a piece of work: the router's ranking, held to the kind of work that the words ask for."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.agent import Agent, Manifest, Need, Ranking, Skill
from domain.clause import Clause
from domain.ids import AgentId
from planner.ports import Routes
from planner.rules.ask import Ask
from planner.rules.capability import Capabilities
from planner.rules.flows import NOTHING, Flows
from planner.rules.kinds.kind import Kind
from planner.rules.modes import Flow, accord, meant, stems
from planner.rules.stages import Stage, stage_of
from planner.rules.words import words
from planner.tools.fit import ToolFit
from planner.tools.reading import reading

TRUST = 60.0
"""Points of fit (of 100) by which a rival outside the asked-for kind must lead to be taken all the same."""

TRUST_NAMED = 20.0
"""The same for a rival whose inputs or outputs the words name."""

ACCORD = 20.0
"""Points for kinds of data that agree with the words, taken away where they do not."""

NAMED = 20.0
"""Points for an agent whose whole name the words speak."""

WIDE, WIDEST = 5, 40
"""Candidates looked at again; the second where the best fit is below `POOR`."""

POOR = 12.0
NARROW = 6.0
"""Points of lead below which a choice is doubtful."""

KEPT = 3
NO_FLOW = Flow(frozenset(), frozenset())


class Assigned(NamedTuple):
    """An agent for a piece of work, why, and what that agent takes and leaves."""

    agent: AgentId | None
    ranking: Ranking
    required: tuple[str, ...]
    consumes: tuple[str, ...]
    produces: tuple[str, ...]
    gives: tuple[str, ...]
    """Kinds of data it yields."""


class Assigner:
    """Assigns pieces of work to the agents of one manifest."""

    def __init__(self, manifest: Manifest, routes: Routes, capabilities: Capabilities) -> None:
        self._manifest, self._routes, self._capabilities = manifest, routes, capabilities
        self._agents = {agent.id: agent for agent in manifest.agents}
        self._flows = Flows(manifest)
        self._tools = ToolFit(manifest.agents)
        self._names = {agent.id: stems(agent.name or agent.id) for agent in manifest.agents}

    def harmless(self, agent: AgentId) -> bool:
        """Whether its work may be done unasked: nothing is known of it that changes the world."""
        card = self._agents.get(agent)
        return card is not None and self._manifest.effect_of(card)[0] in {None, "read"}

    def assign(
        self,
        text: str,
        kind: Kind | None,
        flow: Flow = NO_FLOW,
        *,
        verb: str | None = None,
        at_hand: frozenset[str] = NOTHING,
    ) -> Assigned:
        """The best agent for a text that asks for a kind of work on kinds of data.

        `at_hand` are names of what was made before, where the words only point at it: "publish them".
        """
        handing = self._handing_on(text, verb, at_hand)
        if handing is not None:
            return self._assigned(handing, text, None, ())
        tag = self._capabilities.tag(kind.concept) if kind else None
        if tag is None and not self._capabilities.known:
            ranking = self._meant(text, flow)
        elif tag is None:
            ranking = self._fitting(self._wide(text), text, flow)
        else:
            ranking = self._routes.rank(Need(text=text, preferred_tags=(tag,)))
        required: tuple[str, ...] = ()
        if kind is not None and tag is not None and kind.spoken and not self._serves(kind, ranking):
            ranking, required = self._held(text, kind, tag, ranking)
        return self._assigned(ranking, text, kind, required)

    def _handing_on(self, text: str, verb: str | None, at_hand: frozenset[str]) -> Ranking | None:
        """Agents that hand on by name the very things spoken of come before those that do the kind of work at large."""
        meant = self._flows.meant(verb, self._flows.spoken(text), at_hand) if self._flows else frozenset()
        if not meant:
            return None
        ranking = self._routes.rank(Need(text=text), shown=WIDEST)
        able = next((c for c in ranking.candidates if c.is_eligible and c.agent in meant), None)
        if able is None:
            return None
        rest = [candidate for candidate in ranking.candidates if candidate is not able]
        return ranking.model_copy(update={"chosen": able.agent, "candidates": (able, *rest)})

    def given(self, agent: AgentId, ranking: Ranking, text: str) -> Assigned:
        """The work given to one agent, whatever the ranking chose; the ranking stays as explanation."""
        return self._assigned(
            ranking.model_copy(update={"chosen": agent, "needs_person": False}), text, None, ()
        )

    def _assigned(
        self, ranking: Ranking, text: str, kind: Kind | None, required: tuple[str, ...]
    ) -> Assigned:
        skill = self._skill(ranking.chosen, text)
        return Assigned(
            agent=None if ranking.needs_person else ranking.chosen,
            ranking=_cut(ranking),
            required=required or self._carried(ranking.chosen, kind),
            consumes=skill.consumes if skill else (),
            produces=skill.produces if skill else (),
            gives=skill.output_modes if skill else (),
        )

    def _meant(self, text: str, flow: Flow) -> Ranking:
        """Among tools of no known trade: names, descriptions and kinds of data have their say."""
        read = reading(text, flow)
        ranking = self._routes.rank(
            Need(text=text), opinion=lambda agent, score: self._tools.points(agent, score, read)
        )
        return ranking if self._tools.speaks(read) else ranking.model_copy(update={"low_confidence": True})

    def _wide(self, text: str) -> Ranking:
        """More candidates than the best three; all of them where none fits by its words."""
        ranking = self._routes.rank(Need(text=text), shown=WIDE)
        return ranking if _score(ranking) >= POOR else self._routes.rank(Need(text=text), shown=WIDEST)

    def _fitting(self, ranking: Ranking, text: str, flow: Flow) -> Ranking:
        """The same candidates in the order in which their names and kinds of data agree with the words."""
        able = [candidate for candidate in ranking.candidates if candidate.is_eligible]
        if len(able) < 2:
            return ranking
        spoken = meant(text)
        points = [candidate.score + self._agreement(candidate.agent, spoken, flow) for candidate in able]
        best = max(range(len(able)), key=lambda place: points[place])
        second = max((points[place] for place in range(len(able)) if place != best), default=0.0)
        doubtful = points[best] - second < NARROW or points[best] < POOR
        rest = [candidate for candidate in ranking.candidates if candidate is not able[best]]
        return ranking.model_copy(
            update={"chosen": able[best].agent, "candidates": (able[best], *rest), "low_confidence": doubtful}
        )

    @property
    def of_tools(self) -> bool:
        """Whether the manifest is a list of tools of no known trade."""
        return not self._capabilities.known

    def vague(self, text: str) -> bool:
        """Whether a text names nothing that any tool of the list does: “process the image"."""
        return not self._capabilities.known and not self._tools.speaks(reading(text, NO_FLOW))

    def surely(self, text: str) -> AgentId | None:
        """The agent for a text in a manifest of no known trade, where one is clearly ahead."""
        if self._capabilities.known:
            return None
        given = self.assign(text, None)
        return None if given.ranking.low_confidence else given.agent

    def _agreement(self, agent_id: AgentId, spoken: frozenset[str], flow: Flow) -> float:
        names = self._names[agent_id]
        share = len(names & spoken) / len(names) if names else 0.0
        return ACCORD * accord(self._agents[agent_id], flow) + NAMED * share

    def stage(self, clause: Clause, given: Assigned) -> Stage:
        """Where in the usual order of things a piece of work belongs."""
        return stage_of(clause, self._capabilities.concept(clause, given.required, given.agent))

    def of_trade(self, asks: Sequence[Ask]) -> tuple[Ask, ...]:
        """The asks without kinds of work that no agent of the manifest does."""
        return tuple(
            ask if ask.kind is None or self._capabilities.tag(ask.kind.concept) else ask._replace(kind=None)
            for ask in asks
        )

    def checks(self, text: str) -> bool:
        """Whether the agent that fits a text best works on just the things it names."""
        return self._named(self._routes.rank(Need(text=text)).chosen, text)

    def checks_named(self, text: str) -> bool:
        """Whether some agent's part is to check the very things that a text names."""
        return bool(self._flows.meant("check", self._flows.spoken(text)))

    def part(self, agent: AgentId | None) -> str:
        """The agent's part in what is handed on by name; empty for one that hands nothing on."""
        return self._flows.part(agent) or ""

    def _serves(self, kind: Kind, ranking: Ranking) -> bool:
        return ranking.chosen is not None and ranking.chosen in self._capabilities.serves(kind.concept)

    def _held(self, text: str, kind: Kind, tag: str, free: Ranking) -> tuple[Ranking, tuple[str, ...]]:
        """Require the tag, unless the free choice speaks the very words of the work."""
        held = self._routes.rank(Need(text=text, required_tags=(tag,)))
        if held.chosen is None:
            return free, ()
        wanted = (TRUST_NAMED if self._named(free.chosen, text) else TRUST) * min(1.0, kind.lead / 3.0)
        if kind.sure and wanted > TRUST_NAMED:
            return held, (tag,)
        if free.chosen is not None and _score(free) - _score(held) > wanted:
            return free, ()
        return held, (tag,)

    def _carried(self, agent_id: AgentId | None, kind: Kind | None) -> tuple[str, ...]:
        """The tag of the asked-for kind of work, where the agent that was chosen anyway carries it."""
        tag = self._capabilities.tag(kind.concept) if kind is not None and kind.spoken else None
        agent = self._agents.get(agent_id or "")
        own = {own.lower() for own in agent.tags} if agent else set()
        return (tag,) if tag is not None and tag in own else ()

    def _named(self, agent_id: AgentId | None, text: str) -> bool:
        """Whether the words speak of what the agent takes or leaves: "the notes", "every commit"."""
        agent = self._agents.get(agent_id or "")
        spoken = {word.lower.removesuffix("s") for word in words(text)}
        names = (
            {name for skill in agent.skills for name in (*skill.consumes, *skill.produces)}
            if agent
            else set()
        )
        return any(name.lower().removesuffix("s") in spoken for name in names)

    def _skill(self, agent_id: AgentId | None, text: str) -> Skill | None:
        """The skill of the agent that the words mean."""
        agent = self._agents.get(agent_id or "")
        if agent is None:
            return None
        return agent.skills[0] if len(agent.skills) == 1 else _meant(agent, text)


def _cut(ranking: Ranking) -> Ranking:
    few = len(ranking.candidates) <= KEPT
    return ranking if few else ranking.model_copy(update={"candidates": ranking.candidates[:KEPT]})


def _score(ranking: Ranking) -> float:
    return next((c.score for c in ranking.candidates if c.agent == ranking.chosen), 0.0)


def _meant(agent: Agent, text: str) -> Skill:
    spoken = {word.lower for word in words(text)}

    def overlap(skill: Skill) -> int:
        said = " ".join((skill.id, skill.name, skill.description, *skill.tags, *skill.examples)).lower()
        return len(spoken & {word.lower for word in words(said)})

    return max(agent.skills, key=overlap)
