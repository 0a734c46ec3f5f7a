"""Submitting, running and looking at tasks."""

import base64
import binascii
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from pydantic import Field

from agent.api.brought import Brought
from agent.api.deps import Actor, Caller, Served
from agent.api.errors import answers
from agent.api.large import told
from agent.api.rights import needs
from agent.service.executing import Order, refuse_unless_planned
from agent.service.shown import task_row
from agent.service.views.subtask import SubtaskPage
from agent.service.views.task import Accepted, Resumed, SubmittedView, TaskPage, TaskView
from agent.store.tasks import Place
from domain.base import Value
from domain.errors import FieldIssue, InvalidInputError
from domain.given import Submission
from domain.ids import SubtaskId
from domain.task import ExecutionMode, TaskStatus

router = APIRouter(tags=["tasks"])
brought = APIRouter(route_class=Brought)


class ExecuteBody(Value):
    """`manual` runs one wave a call; the task pauses after each of `checkpoints`."""

    execution_mode: ExecutionMode = "auto"
    checkpoints: tuple[SubtaskId, ...] = Field(default=(), max_length=1_000)


@brought.post(
    "/orchestrate",
    status_code=201,
    response_model=SubmittedView,
    responses={200: {"model": SubmittedView}, 202: {"model": SubmittedView}, **answers(400, 413, 422)},
)
@needs("submit")
async def orchestrate(
    body: Submission,
    served: Served,
    caller: Caller,
    response: Response,
    prefer: Annotated[str, Header()] = "",
) -> SubmittedView | Response:
    """Submit a request in plain words, or with a plan of your own. The same `task_id` again answers with what
    is stored, 200.
    """
    wait = "respond-async" not in prefer
    receipt = await served.submitting.submit(body.request, body.plan, by=caller, wait=wait)
    if receipt.duplicate:
        response.status_code = 200
    elif receipt.task.status == "planning":
        response.status_code = 202
        response.headers["Preference-Applied"] = "respond-async"
    response.headers["Location"] = f"/tasks/{body.task_id}"
    response.status_code = response.status_code or 201
    return await told(await served.looking.submitted(receipt), response)


router.include_router(brought)


@router.post("/resume/{task_id}", response_model=Resumed, responses=answers(403, 404, 409, 410))
@needs("read")
async def resume(task_id: str, served: Served) -> Resumed | Response:
    """Whether the plan may run by now: 409 while people are asked, 403 rejected, 410 expired."""
    await served.deciding.expire(task_id)
    task = await served.tasks.get(task_id)
    if task.status not in {"pausing", "completed"}:
        refuse_unless_planned(task)
    return await told(await served.looking.resumed(task))


@router.post("/execute/{task_id}", status_code=202, responses=answers(400, 403, 404, 409, 410, 503))
async def execute(task_id: str, served: Served, actor: Actor, body: ExecuteBody | None = None) -> Accepted:
    """Run a planned task, or go on with one that is paused or blocked."""
    order = body or ExecuteBody()
    await served.deciding.expire(task_id)
    task = await served.executing.execute(
        task_id, Order(mode=order.execution_mode, checkpoints=order.checkpoints), actor=actor
    )
    return Accepted(task_id=task_id, status=task.status)


class TaskFilter(Value):
    status: list[TaskStatus] | None = None
    requester: str | None = None
    needs_review: bool | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: str | None = None


@router.get("/tasks", responses=answers(400))
async def tasks(served: Served, wanted: Annotated[TaskFilter, Query()]) -> TaskPage:
    """Newest first, in pages: pass `next` as `cursor` for the following one."""
    page = await served.tasks.page(
        statuses=wanted.status,
        requester=wanted.requester,
        needs_review=wanted.needs_review,
        after=_place(wanted.cursor) if wanted.cursor else None,
        limit=wanted.limit + 1,
    )
    shown = page[: wanted.limit]
    last = Place(shown[-1].created_at, shown[-1].task_id) if len(page) > wanted.limit else None
    return TaskPage(tasks=tuple(task_row(task) for task in shown), next=_cursor(last) if last else None)


@router.get("/tasks/{task_id}/subtasks", response_model=SubtaskPage, responses=answers(400, 404))
async def subtasks(
    task_id: str,
    served: Served,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    cursor: Annotated[int, Query(ge=0, description="`next` of the page before")] = 0,
) -> SubtaskPage | Response:
    """The plan's subtasks and how each stands, in the plan's order, in pages."""
    return await told(await served.looking.subtasks(task_id, after=cursor, limit=limit))


@router.get("/tasks/{task_id}", response_model=TaskView, responses=answers(404))
async def task(task_id: str, served: Served) -> TaskView | Response:
    """Everything that is known of a task."""
    return await told(await served.looking.whole(task_id))


def _cursor(place: Place) -> str:
    return base64.urlsafe_b64encode(f"{place.created_at.isoformat()}|{place.task_id}".encode()).decode()


def _place(cursor: str) -> Place:
    try:
        created_at, task_id = base64.urlsafe_b64decode(cursor.encode()).decode().split("|", 1)
        return Place(datetime.fromisoformat(created_at), task_id)
    except (ValueError, binascii.Error) as error:
        raise InvalidInputError(
            "the cursor is not one of ours; take `next` from the page before",
            fields=[FieldIssue("cursor", "unreadable")],
        ) from error
