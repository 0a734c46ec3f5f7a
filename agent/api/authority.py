"""Deciding by other means than one's own role now: what is lent, what is said in advance, and the broken glass."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from agent.api.deps import Caller, Served
from agent.api.errors import answers
from agent.api.rights import needs
from agent.service.deciding import Voice
from agent.service.lending import Loan
from agent.service.shown import approval_view
from agent.service.views.approval import ApprovalView, DelegationList, PreapprovalList
from domain.base import Instant, Value
from domain.ids import Digest
from domain.warrant import Delegation, Preapproval

router = APIRouter(tags=["approvals"])

Reason = Annotated[str, Field(max_length=4_000)]


class DelegationBody(Value):
    """To whom, until when, why; without `roles` all that you have."""

    to: str
    until: Instant
    reason: Reason
    roles: tuple[str, ...] = ()
    starts_at: Instant | None = None


class PreapprovalBody(Value):
    """Until when (8 hours at most), why, and the plan that you looked at."""

    until: Instant
    reason: Reason
    plan_hash: Digest


class GlassBody(Value):
    reason: Reason
    plan_hash: Digest


@router.post("/delegations", status_code=201, responses=answers(400, 403, 404))
@needs("decide")
async def lend(body: DelegationBody, served: Served, caller: Caller) -> Delegation:
    """Lend roles of yours to somebody, for a time: what they decide by them is recorded as on your behalf."""
    return await served.lending.lend(
        caller, Loan(body.to, body.until, body.reason, body.roles, body.starts_at)
    )


@router.get("/delegations")
async def delegations(served: Served) -> DelegationList:
    """Which roles are lent, by whom, to whom, until when."""
    return DelegationList(delegations=await served.warrants.delegations())


@router.delete("/delegations/{delegation_id}", responses=answers(403, 404, 409))
@needs("decide")
async def take_back_delegation(delegation_id: UUID, served: Served, caller: Caller) -> Delegation:
    """Take it back: at once, and with it the votes that rest on it and have not decided yet."""
    return await served.lending.take_back(caller, delegation_id)


@router.post("/approvals/{approval_id}/preapprove", status_code=201, responses=answers(400, 403, 404, 409))
@needs("decide")
async def preapprove(approval_id: str, body: PreapprovalBody, served: Served, caller: Caller) -> Preapproval:
    """Say yes, for hours, to every plan of the same kind: same facts, same agents, same tools."""
    voice = Voice(caller, "approve", body.reason, body.plan_hash)
    return await served.preapproving.give(approval_id, voice, body.until)


@router.get("/preapprovals")
async def preapprovals(served: Served) -> PreapprovalList:
    """What has been said yes to in advance, by whom, until when."""
    return PreapprovalList(preapprovals=await served.warrants.preapprovals())


@router.delete("/preapprovals/{preapproval_id}", responses=answers(403, 404, 409))
@needs("decide")
async def take_back_preapproval(preapproval_id: UUID, served: Served, caller: Caller) -> Preapproval:
    """Take it back: at once, and with it the votes that rest on it and have not decided yet."""
    return await served.preapproving.take_back(caller, preapproval_id)


@router.post("/approvals/{approval_id}/break-glass", responses=answers(400, 403, 404, 409, 410))
@needs("break-glass")
async def break_glass(approval_id: str, body: GlassBody, served: Served, caller: Caller) -> ApprovalView:
    """Let a plan run without those who should be asked, in an emergency: for a reason, and everybody hears of it."""
    voice = Voice(caller, "approve", body.reason, body.plan_hash)
    return approval_view(await served.deciding.break_glass(approval_id, voice))
