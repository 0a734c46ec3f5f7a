"""Says of an agent what speaks for it and against it, in one sentence."""

from collections.abc import Sequence

from domain.agent import Agent, AgentState, Candidate, Need
from routing.candidates import Eligibility
from routing.query import Term
from routing.score import Fit, Placed, expected_finish_s

MAX_MATCHED = 8


class Explainer:
    """Turns numbers into candidates that a person can read; asked only for the few that are shown."""

    def __init__(self, agents: Sequence[Agent], eligibility: Eligibility, fit: Fit) -> None:
        self._agents = agents
        self._eligibility = eligibility
        self._fit = fit

    def candidate(
        self,
        placed: Placed,
        need: Need,
        query: Sequence[Term],
        *,
        why_not: str | None,
        state: AgentState | None,
    ) -> Candidate:
        number, score = placed.number, min(100.0, 100.0 * placed.fit)
        agent = self._agents[number]
        tags = (*need.required_tags, *need.preferred_tags)
        held = self._eligibility.held(number, tags)
        matched = tuple(dict.fromkeys((*held, *self._fit.known(placed, query))))[:MAX_MATCHED]
        missing = self._eligibility.missing(number, tags)
        return Candidate(
            agent=agent.id,
            is_eligible=why_not is None,
            score=round(score, 2),
            matched=matched,
            missing=missing,
            why_not=why_not,
            explanation=f"{_for(agent, score, matched)}; {_against(agent, missing, why_not, state)}.",
        )


def _for(agent: Agent, score: float, matched: Sequence[str]) -> str:
    said = f"{agent.id} scores {score:.0f} of 100"
    return f"{said} for {', '.join(matched)}" if matched else f"{said}, sharing no word with the need"


def _against(agent: Agent, missing: Sequence[str], why_not: str | None, state: AgentState | None) -> str:
    if why_not is not None:
        return f"not eligible, because {why_not}"
    said = f"it lacks {', '.join(missing)}; " if missing else ""
    if state is not None and state.missing_tools:
        said += f"it cannot be dispatched before it has {', '.join(state.missing_tools)}; "
    busy = f" with {state.running} running" if state is not None and state.running else ""
    return f"{said}usually done in {expected_finish_s(agent, state):g} s{busy}"
