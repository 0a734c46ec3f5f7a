"""Who could do a piece of work, how well each fits, and why not the others."""

import asyncio
from typing import Literal, Protocol

from agent.store.agents import Agents
from agent.store.database import Database
from agent.store.plans import Plans
from agent.store.tasks import Tasks
from domain.agent import AgentState, Candidate, Need, Ranking
from domain.base import Value
from domain.errors import NotFoundError
from domain.ids import AgentId
from domain.plan import Subtask

NEAR_EQUALS = 5
"""Candidates looked at, however few are to be shown: a choice needs some."""


class Ranks(Protocol):
    """Ranks agents, their health and load considered."""

    def rank(self, need: Need, states: dict[AgentId, AgentState], *, shown: int) -> Ranking: ...


class Settles(Protocol):
    """Decides between near equals; gives the same ranking back where it does not."""

    async def settled(self, text: str, ranking: Ranking) -> Ranking: ...


class CandidatesView(Value):
    """Best first. Scores are 0–100 and compare within one answer only; `why_not` is null for the chosen one alone.

    `needs_person`: the best is ahead by less than the service is set to decide by itself.
    """

    chosen: AgentId | None
    low_confidence: bool
    needs_person: bool
    decided_by: Literal["router", "model"] = "router"
    candidates: tuple[Candidate, ...]


class Choosing:
    def __init__(self, database: Database, router: Ranks, tie: Settles | None = None) -> None:
        self._database = database
        self._router = router
        self._tie = tie

    async def route(self, need: Need, most: int) -> CandidatesView:
        """For a need in words. A narrow margin goes to the model, where there is one."""
        ranking = await self._ranked(need, max(most, NEAR_EQUALS))
        if self._tie is None or ranking.needs_person:
            return candidates_view(ranking, most)
        settled = await self._tie.settled(need.text, ranking)
        return candidates_view(settled, most, by_model=settled is not ranking)

    async def _ranked(self, need: Need, most: int) -> Ranking:
        states = await Agents(self._database.pool).states()
        # Where a sentence model has a say, a choice takes longer than the loop may be kept waiting.
        return await asyncio.to_thread(self._router.rank, need, states, shown=most)

    async def candidates(self, task_id: str, subtask_id: str, most: int) -> CandidatesView:
        """For a subtask of the plan as it stands. Raises NotFoundError."""
        task = await Tasks(self._database.pool).get(task_id)
        subtasks: tuple[Subtask, ...] = ()
        if task.revision > 0:
            subtasks = (await Plans(self._database.pool).get(task_id, task.revision)).open().subtasks
        found = next((subtask for subtask in subtasks if subtask.subtask_id == subtask_id), None)
        if found is None:
            raise NotFoundError(
                f"task {task_id} has no subtask {subtask_id!r}; GET /tasks/{task_id} lists its subtasks"
            )
        need = Need(text=found.objective, required_tags=found.required_tags)
        return candidates_view(await self._ranked(need, most), most)


def candidates_view(ranking: Ranking, most: int, *, by_model: bool = False) -> CandidatesView:
    """The ranking with a reason for everybody who was not chosen."""
    best = next((c for c in ranking.candidates if c.agent == ranking.chosen), None)
    return CandidatesView(
        chosen=None if ranking.needs_person else ranking.chosen,
        low_confidence=ranking.low_confidence,
        needs_person=ranking.needs_person,
        decided_by="model" if by_model else "router",
        candidates=tuple(_with_reason(each, best, by_model) for each in ranking.candidates[:most]),
    )


def _with_reason(candidate: Candidate, best: Candidate | None, by_model: bool) -> Candidate:
    if candidate.why_not is not None or best is None or candidate.agent == best.agent:
        return candidate
    why_not = f"the model chose {best.agent} among near equals" if by_model else _behind(candidate, best)
    return candidate.model_copy(update={"why_not": why_not})


def _behind(candidate: Candidate, best: Candidate) -> str:
    if best.score == 0:
        return f"no word of the need is anybody's; {best.agent} is expected to be done sooner"
    if candidate.score >= best.score:
        return f"{best.agent} fits about as well and is expected to be done sooner"
    more = f"{best.agent} fits better ({best.score:g} of 100 against {candidate.score:g})"
    lacking = f", and it lacks {', '.join(candidate.missing)}" if candidate.missing else ""
    return more + lacking
