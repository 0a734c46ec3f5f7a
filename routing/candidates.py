"""Who may do a piece of work at all, and if not, why not."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from domain.agent import Agent, AgentState, Need
from domain.ids import AgentId

WhyNot = Callable[[int], str | None]


class Eligibility:
    """Asks of each agent what planning may ask: tags, status, SLA and known health.

    Missing tools do not count here. They can be mended before the work is due, so they hold back the
    dispatch of a subtask and not its planning.
    """

    def __init__(self, agents: Sequence[Agent]) -> None:
        self._agents = agents
        self._tags = [frozenset(map(str.casefold, agent.tags)) for agent in agents]

    def of(self, need: Need, states: Mapping[AgentId, AgentState]) -> WhyNot:
        """For one need: gives the reason that keeps an agent out, or null where it may do the work."""

        def why_not(number: int) -> str | None:
            agent = self._agents[number]
            if agent.status != "enabled":
                return f"it is {agent.status}"
            if need.required_tags and (missing := self.missing(number, need.required_tags)):
                return _lacking(missing)
            if need.deadline_s is not None and (late := _too_slow(agent, need.deadline_s)):
                return late
            if states and (state := states.get(agent.id)) and state.health == "unhealthy":
                return f"it is unhealthy: {state.reason or 'no reason was given'}"
            return None

        return why_not

    def missing(self, number: int, tags: Iterable[str]) -> tuple[str, ...]:
        return tuple(tag for tag in tags if tag.casefold() not in self._tags[number])

    def held(self, number: int, tags: Iterable[str]) -> tuple[str, ...]:
        return tuple(tag for tag in tags if tag.casefold() in self._tags[number])


def _too_slow(agent: Agent, deadline_s: float) -> str | None:
    promised = agent.sla.timeout_s if agent.sla.p95_s is None else agent.sla.p95_s
    if promised <= deadline_s:
        return None
    measure = "time-out" if agent.sla.p95_s is None else "95th percentile"
    return f"its {measure} of {promised:g} s is beyond the deadline of {deadline_s:g} s"


def _lacking(tags: Sequence[str]) -> str:
    return "it lacks the required " + ("tag " if len(tags) == 1 else "tags ") + ", ".join(tags)
