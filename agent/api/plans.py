"""The revisions of a task's plan over HTTP: which there are, what differs, and asking for another."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from agent.api.approvals import Decision, Said, voice
from agent.api.deps import Caller, Served
from agent.api.errors import answers
from agent.api.rights import needs
from agent.service.comparing import ChangedView, DiffView, EditedView, RevisionList
from agent.service.shown import approval_view
from domain.base import Value
from domain.ids import Digest
from planner.operations import Operation

router = APIRouter(tags=["plans"])

Revision = Annotated[int, Path(ge=1, le=100_000)]


class Changes(Decision):
    """What should be different, in plain words, and of which subtask, where that is one."""

    comment: Annotated[str, Field(min_length=1, max_length=4_000)]
    target: Annotated[str, Field(max_length=400)] | None = None


@router.post("/approvals/{approval_id}/changes", responses=answers(400, 403, 404, 409, 410))
@needs("decide")
async def changes(
    approval_id: str, body: Changes, served: Served, caller: Caller, query: Said
) -> ChangedView:
    """Ask for another plan instead of deciding this one, by its approval's id or short code.

    A comment that would leave the plan as it is changes nothing, and its approval goes on waiting (`changed`).
    """
    said = body.model_copy(update={"reason": body.comment, "justification": None})
    changed = await served.changing.change(
        approval_id, voice("changes", caller, query, said), target=body.target
    )
    task = await served.looking.task(changed.superseded.task_id)
    revisions = await served.comparing.revisions(task.task_id)
    made = next((r for r in revisions.plans if r.revision == changed.revision), None)
    return ChangedView(
        changed=changed.changed,
        findings=changed.findings,
        superseded=approval_view(changed.superseded),
        approval=next((a for a in task.approvals if a.revision == changed.revision), None),
        plan=task.plan,
        subtasks=task.subtasks,
        understood=made.understood if made and changed.changed else changed.understood,
        difference=await served.comparing.diff(task.task_id, changed.superseded.revision, changed.revision),
    )


class Edits(Value):
    """What is to be done to the plan, in order. `plan_hash` is the plan that was looked at."""

    operations: Annotated[tuple[Operation, ...], Field(min_length=1, max_length=200)]
    plan_hash: Digest | None = None
    why: Annotated[str, Field(max_length=4_000)] = ""


@router.post("/tasks/{task_id}/plan/edit", responses=answers(400, 404, 409))
async def edit(task_id: str, body: Edits, served: Served, caller: Caller) -> EditedView:
    """Edit the plan by hand: add, drop, split, merge, reassign, reorder, link, brief, sla, limit.

    Every check, the estimate and the policy run again; what is no valid plan is refused with its findings. What changes
    nothing leaves the plan as it is, and its approval, too (`changed`); one that is not good any more is asked for anew.
    """
    before = (await served.tasks.get(task_id)).revision
    edited, changed = await served.editing.edit(
        task_id, body.operations, by=caller, seen_hash=body.plan_hash, why=body.why
    )
    task = await served.looking.task(task_id)
    return EditedView(
        changed=changed,
        task_id=task_id,
        status=edited.status,
        approval=next((a for a in task.approvals if a.revision == edited.revision), None),
        plan=task.plan,
        subtasks=task.subtasks,
        difference=await served.comparing.diff(
            task_id, before if changed else edited.revision, edited.revision
        ),
    )


@router.get("/tasks/{task_id}/plans", responses=answers(404))
async def plans(task_id: str, served: Served) -> RevisionList:
    """Every revision of the plan, oldest first, with who had it made and why."""
    return await served.comparing.revisions(task_id)


@router.get("/tasks/{task_id}/plans/{was}..{now}/diff", responses=answers(400, 404))
async def difference(task_id: str, was: Revision, now: Revision, served: Served) -> DiffView:
    """What became different from one revision to another, as structure and in words."""
    return await served.comparing.diff(task_id, was, now)
