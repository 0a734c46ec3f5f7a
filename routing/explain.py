"""Says of an agent what speaks for it and against it, in one sentence."""

from collections.abc import Iterator, Mapping, Sequence

from domain.agent import Agent, AgentState, Candidate, Need
from domain.ids import AgentId
from routing.candidates import Eligibility
from routing.score import document, expected_finish_s
from routing.words import stem, words

MAX_MATCHED = 8


class Explainer:
    """Turns numbers into candidates that a person can read; asked only for the few that are shown."""

    def __init__(
        self, agents: Sequence[Agent], eligibility: Eligibility, examples: Mapping[AgentId, Sequence[str]]
    ) -> None:
        self._agents = agents
        self._eligibility = eligibility
        self._examples = examples
        self._stems: dict[int, frozenset[str]] = {}

    def candidate(
        self,
        number: int,
        need: Need,
        score: float,
        why_not: str | None,
        states: Mapping[AgentId, AgentState],
    ) -> Candidate:
        agent = self._agents[number]
        tags = (*need.required_tags, *need.preferred_tags)
        matched = (*self._eligibility.held(number, tags), *self._shared(number, need.text))[:MAX_MATCHED]
        missing = self._eligibility.missing(number, tags)
        candidate = Candidate(
            agent=agent.id,
            is_eligible=why_not is None,
            score=round(score, 2),
            matched=matched,
            missing=missing,
            why_not=why_not,
        )
        sentence = _sentence(candidate, agent, states.get(agent.id))
        return candidate.model_copy(update={"explanation": sentence})

    def _shared(self, number: int, text: str) -> Iterator[str]:
        stems = self._stems.get(number)
        if stems is None:
            agent = self._agents[number]
            passages = document(agent, self._examples.get(agent.id, ()))
            stems = frozenset(stem(word) for passage in passages for word in words(passage.text))
            self._stems[number] = stems
        return (word for word in dict.fromkeys(words(text)) if stem(word) in stems)


def _sentence(candidate: Candidate, agent: Agent, state: AgentState | None) -> str:
    said = f"{agent.id} scores {candidate.score:.0f} of 100"
    known = ", ".join(candidate.matched)
    said += f": it knows {known}" if known else ": no word of the need is its own"
    if candidate.why_not is not None:
        return f"{said}; not eligible, because {candidate.why_not}."
    if candidate.missing:
        said += f", not {', '.join(candidate.missing)}"
    if state is not None and state.missing_tools:
        said += f"; it cannot be dispatched before it has {', '.join(state.missing_tools)}"
    busy = f" with {state.running} running" if state is not None and state.running else ""
    return f"{said}; usually done in {expected_finish_s(agent, state):g} s{busy}."
