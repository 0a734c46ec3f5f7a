"""Who could do a piece of work, how well each fits, and why not the others."""

from typing import Protocol

from agent.store.agents import Agents
from agent.store.database import Database
from agent.store.plans import Plans
from agent.store.tasks import Tasks
from domain.agent import AgentState, Candidate, Need, Ranking
from domain.base import Value
from domain.errors import NotFoundError
from domain.ids import AgentId
from domain.plan import Subtask


class Ranks(Protocol):
    """Ranks agents, their health and load considered."""

    def rank(self, need: Need, states: dict[AgentId, AgentState], *, shown: int) -> Ranking: ...


class CandidatesView(Value):
    """Best first. Scores are 0–100 and compare within one answer only; `why_not` is null for the chosen one alone.

    `needs_person`: the best is ahead by less than the service is set to decide by itself.
    """

    chosen: AgentId | None
    low_confidence: bool
    needs_person: bool
    candidates: tuple[Candidate, ...]


class Choosing:
    def __init__(self, database: Database, router: Ranks) -> None:
        self._database = database
        self._router = router

    async def route(self, need: Need, most: int) -> CandidatesView:
        """For a need in words."""
        states = await Agents(self._database.pool).states()
        return candidates_view(self._router.rank(need, states, shown=most), most)

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
        return await self.route(Need(text=found.objective, required_tags=found.required_tags), most)


def candidates_view(ranking: Ranking, most: int) -> CandidatesView:
    """The ranking with a reason for everybody who was not chosen."""
    best = next((c for c in ranking.candidates if c.agent == ranking.chosen), None)
    return CandidatesView(
        chosen=None if ranking.needs_person else ranking.chosen,
        low_confidence=ranking.low_confidence,
        needs_person=ranking.needs_person,
        candidates=tuple(_with_reason(each, best) for each in ranking.candidates[:most]),
    )


def _with_reason(candidate: Candidate, best: Candidate | None) -> Candidate:
    if candidate.why_not is not None or best is None or candidate.agent == best.agent:
        return candidate
    return candidate.model_copy(update={"why_not": _behind(candidate, best)})


def _behind(candidate: Candidate, best: Candidate) -> str:
    if candidate.score >= best.score:
        return f"{best.agent} fits about as well and is expected to be done sooner"
    more = f"{best.agent} fits better ({best.score:g} of 100 against {candidate.score:g})"
    lacking = f", and it lacks {', '.join(candidate.missing)}" if candidate.missing else ""
    return more + lacking
