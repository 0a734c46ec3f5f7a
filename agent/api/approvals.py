"""The gate over HTTP: what waits, and who says what."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from agent.api.cursor import cursor_of, place_of
from agent.api.deps import Caller, Served
from agent.api.errors import answers
from agent.api.rights import needs
from agent.service.deciding import Voice
from agent.service.shown import approval_view
from agent.service.views.approval import ApprovalPage, ApprovalView
from agent.store.approvals import Place
from domain.approval import Answer
from domain.base import Value
from domain.errors import FieldIssue, ForbiddenError, InvalidInputError
from domain.ids import Digest
from domain.principal import Principal

router = APIRouter(tags=["approvals"])

Text = Annotated[str, Field(max_length=4_000)]


class Decision(Value):
    """Why, and of which plan: `plan_hash` is what the approver looked at, and must be sent with a key.

    Who decides, and in which role, is what their key says. `approver_id` and `approver_role` are believed only
    where authentication is off.
    """

    approver_id: Text | None = None
    approver_role: Text | None = None
    justification: Text | None = None
    reason: Text | None = None
    plan_hash: Digest | None = None


Said = Annotated[Decision, Query()]


@router.post("/approve/{approval_id}", responses=answers(400, 403, 404, 409, 410))
@needs("decide")
async def approve(
    approval_id: str, served: Served, caller: Caller, query: Said, body: Decision | None = None
) -> ApprovalView:
    """Say yes to exactly this plan, by its approval's id or short code; in the query or as JSON."""
    return approval_view(await served.deciding.decide(approval_id, voice("approve", caller, query, body)))


@router.post("/reject/{approval_id}", responses=answers(400, 403, 404, 409, 410))
@needs("decide")
async def reject(
    approval_id: str, served: Served, caller: Caller, query: Said, body: Decision | None = None
) -> ApprovalView:
    """Say no, and why: the requester reads it."""
    return approval_view(await served.deciding.decide(approval_id, voice("reject", caller, query, body)))


@router.get("/approvals/pending", responses=answers(400))
async def pending(
    served: Served, limit: Annotated[int, Query(ge=1, le=500)] = 50, cursor: str | None = None
) -> ApprovalPage:
    """What waits for people, the most urgent first."""
    page = await served.approvals.pending(after=Place(*place_of(cursor)) if cursor else None, limit=limit + 1)
    shown = page[:limit]
    last = shown[-1][0] if len(page) > limit else None
    return ApprovalPage(
        approvals=tuple(approval_view(approval, title) for approval, title in shown),
        next=cursor_of(last.expires_at, last.approval_id) if last else None,
    )


@router.get("/approvals/{approval_id}", responses=answers(404))
async def approval(approval_id: str, served: Served) -> ApprovalView:
    """One approval, by id or short code."""
    found = await served.approvals.get(approval_id)
    await served.deciding.expire(found.task_id)
    found = await served.approvals.get(approval_id)
    return approval_view(found, (await served.tasks.get(found.task_id)).title)


def voice(answer: Answer, caller: Principal, query: Decision, body: Decision | None) -> Voice:
    """Who says what, from the query or the body; the body counts where both say it, and a key over both."""
    said = query.model_copy(update=body.model_dump(exclude_none=True) if body else {})
    by = _by_key(caller, said) if caller.authenticated else _by_word(said)
    return Voice(by, answer, said.justification or said.reason or "", said.plan_hash)


def _by_key(caller: Principal, said: Decision) -> Principal:
    """Nobody speaks as somebody else; a role that is named is the one they decide in."""
    if said.approver_id and not caller.is_called(said.approver_id):
        raise ForbiddenError(
            f"this key is {caller.id}'s, not {said.approver_id}'s; leave approver_id (--as) out, the key says who decides"
        )
    if said.approver_role and said.approver_role not in caller.roles:
        raise ForbiddenError(
            f"{caller.id} does not have role {said.approver_role!r}; leave approver_role (--role) out, the key says that, too"
        )
    return caller


def _by_word(said: Decision) -> Principal:
    issues = [
        FieldIssue(name, "missing: say who decides")
        for name, value in (("approver_id", said.approver_id), ("approver_role", said.approver_role))
        if not value
    ]
    if issues:
        raise InvalidInputError("a decision names a person and the role they decide in", fields=issues)
    return Principal.claimed(said.approver_id or "", said.approver_role or "")
