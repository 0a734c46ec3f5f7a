"""Who could do a piece of work, over HTTP: for words, and for a subtask of a plan."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from agent.api.deps import Served
from agent.api.errors import answers
from agent.api.rights import needs
from agent.service.choosing import CandidatesView
from domain.agent import Need

router = APIRouter(tags=["routing"])

Most = Annotated[int, Query(ge=1, le=1_000, description="how many candidates to show")]
Tags = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=100)]


class Work(BaseModel):
    """A piece of work. Who lacks a required skill is not eligible; preferred ones only add to the score."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
    required_skills: Tags = ()
    preferred_skills: Tags = ()
    deadline_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


@router.post("/route", responses=answers(400))
@needs("read")
async def route(body: Work, served: Served, limit: Most = 20) -> CandidatesView:
    """Rank the agents for a piece of work; nothing is stored or started."""
    need = Need(
        text=body.text,
        required_tags=body.required_skills,
        preferred_tags=body.preferred_skills,
        deadline_s=body.deadline_s,
    )
    return await served.choosing.route(need, limit)


@router.get("/tasks/{task_id}/subtasks/{subtask_id}/candidates", responses=answers(404))
async def candidates(task_id: str, subtask_id: str, served: Served, limit: Most = 20) -> CandidatesView:
    """Rank the agents for a subtask as they are now, with what speaks for and against each."""
    return await served.choosing.candidates(task_id, subtask_id, limit)
