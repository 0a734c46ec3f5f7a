"""Steering what was submitted: whole tasks, and single subtasks."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from agent.api.deps import Actor, Caller, Served
from agent.api.errors import answers
from agent.service.answering import ResolveAs
from agent.service.views.task import Accepted
from domain.base import JsonObject, Value
from domain.errors import FieldIssue, InvalidInputError
from domain.ids import AgentId
from domain.request import Priority
from domain.task import Task

router = APIRouter(tags=["control"])

TASK = "/tasks/{task_id}"
SUBTASK = "/tasks/{task_id}/subtasks/{subtask_id}"


class Why(Value):
    reason: Annotated[str, Field(max_length=2_000)] | None = None


class PriorityBody(Value):
    priority: Priority


class AssignBody(Value):
    agent: AgentId


class AnswerBody(Value):
    """What to make of a blocked or failed subtask; `outputs` may come with `done`, `agent` comes with `assign`."""

    answer: ResolveAs | Literal["assign"]
    outputs: JsonObject | None = None
    agent: AgentId | None = None


@router.post(f"{TASK}/cancel", status_code=202, responses=answers(404, 409))
async def cancel(task_id: str, served: Served, actor: Actor, body: Why | None = None) -> Accepted:
    """Stop it for good. Calls that are under way are called off; what has taken effect stays."""
    return _accepted(await served.control.cancel(task_id, actor=actor, reason=body.reason if body else None))


@router.post(f"{TASK}/pause", status_code=202, responses=answers(404, 409))
async def pause(task_id: str, served: Served, actor: Actor, body: Why | None = None) -> Accepted:
    """Start nothing more: `pausing` while calls are under way, `paused` once none is."""
    return _accepted(await served.control.pause(task_id, actor=actor, reason=body.reason if body else None))


@router.post(f"{TASK}/unpause", status_code=202, responses=answers(404, 409))
async def unpause(task_id: str, served: Served, actor: Actor) -> Accepted:
    """Go on where it was paused."""
    return _accepted(await served.control.unpause(task_id, actor=actor))


@router.post(f"{TASK}/priority", status_code=202, responses=answers(400, 404, 409))
async def priority(task_id: str, body: PriorityBody, served: Served, actor: Actor) -> Accepted:
    """Let its work go before, or after, that of others."""
    return _accepted(await served.control.prioritise(task_id, body.priority, actor=actor))


@router.post(f"{SUBTASK}/retry", status_code=202, responses=answers(400, 404, 409))
async def retry(task_id: str, subtask_id: str, served: Served, actor: Actor) -> Accepted:
    """Make a blocked or failed subtask again, with three more attempts."""
    return _accepted(await served.answering.resolve(task_id, subtask_id, "retry", actor=actor))


@router.post(f"{SUBTASK}/skip", status_code=202, responses=answers(404, 409))
async def skip(task_id: str, subtask_id: str, served: Served, actor: Actor) -> Accepted:
    """Leave a subtask out, whether or not its turn has come; what follows sees it as skipped."""
    return _accepted(await served.answering.skip(task_id, subtask_id, actor=actor))


@router.post(f"{SUBTASK}/assign", status_code=202, responses=answers(400, 404, 409))
async def assign(task_id: str, subtask_id: str, body: AssignBody, served: Served, caller: Caller) -> Accepted:
    """Give a subtask at rest to another agent. The plan is judged anew and may need a new approval."""
    return _accepted(await served.assigning.assign(task_id, subtask_id, body.agent, by=caller))


@router.post(f"{SUBTASK}/answer", status_code=202, responses=answers(400, 404, 409))
async def answer(task_id: str, subtask_id: str, body: AnswerBody, served: Served, caller: Caller) -> Accepted:
    """Answer what a blocked subtask asks, or say what to make of a failed one."""
    if body.answer != "assign":
        return _accepted(
            await served.answering.resolve(
                task_id, subtask_id, body.answer, actor=caller.id, outputs=body.outputs
            )
        )
    if body.agent is None:
        raise InvalidInputError(
            "`assign` needs an agent", fields=[FieldIssue("agent", "missing: say to whom")]
        )
    return _accepted(await served.assigning.assign(task_id, subtask_id, body.agent, by=caller))


def _accepted(task: Task) -> Accepted:
    return Accepted(task_id=task.task_id, status=task.status)
