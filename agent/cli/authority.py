"""Deciding by other means: `delegation`, `preapproval`, `break-glass`."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from rich.table import Table
from rich.text import Text

from agent.cli.address import Where
from agent.cli.api import Api
from agent.cli.ask import ask
from agent.cli.confirm import confirmed
from agent.cli.deciding import changed_since, checked, decided_about
from agent.cli.draw.screen import emit, err, is_attended, out
from agent.cli.draw.words import day, line
from agent.cli.exits import Exit
from agent.cli.read import read
from agent.cli.refusal import usage
from agent.service.views.approval import ApprovalView, DelegationList, PreapprovalList
from agent.service.views.task import TaskView
from domain.base import JsonObject
from domain.warrant import Delegation, Preapproval


def lend(to: str, reason: str, hours: float, roles: Sequence[str], *, where: Where, as_json: bool) -> Exit:
    body: JsonObject = {"to": to, "reason": reason, "until": _until(hours), "roles": list(roles)}
    answer = ask(where, lambda api: api.post("delegations", body=body))
    if as_json:
        emit(answer)
        return Exit.OK
    lent = read(Delegation, answer)
    out().print(
        line(f"Lent {', '.join(lent.roles)} to ", (lent.delegate, "bold"), f" until {day(lent.until)}.")
    )
    out().print(Text(f"orchestrator delegation take-back {lent.delegation_id}", style="cyan"))
    return Exit.OK


def delegations(*, where: Where, as_json: bool) -> Exit:
    answer = ask(where, lambda api: api.get("delegations"))
    if as_json:
        emit(answer)
        return Exit.OK
    found = read(DelegationList, answer).delegations
    rows = [
        (d.delegation_id, d.delegator, d.delegate, ", ".join(d.roles), day(d.until), d.reason) for d in found
    ]
    out().print(_table(("id", "by", "to", "roles", "until", "why"), rows) if rows else "Nothing is lent.")
    return Exit.OK


def preapprovals(*, where: Where, as_json: bool) -> Exit:
    answer = ask(where, lambda api: api.get("preapprovals"))
    if as_json:
        emit(answer)
        return Exit.OK
    found = read(PreapprovalList, answer).preapprovals
    rows = [
        (p.preapproval_id, p.vote.approver, p.vote.role, p.level, day(p.until), p.vote.reason) for p in found
    ]
    out().print(
        _table(("id", "by", "role", "risk", "until", "why"), rows)
        if rows
        else "Nothing is approved in advance."
    )
    return Exit.OK


def take_back(
    what: Literal["delegations", "preapprovals"], warrant: str, *, where: Where, as_json: bool
) -> Exit:
    try:
        known = str(UUID(warrant))
    except ValueError:
        raise usage(f"{warrant!r} is no id; `list` shows them") from None
    answer = ask(where, lambda api: api.delete(what, known))
    if as_json:
        emit(answer)
    else:
        out().print("Taken back; it counts for nothing from here on.")
    return Exit.OK


def preapprove(reference: str, reason: str, hours: float, *, where: Where, yes: bool, as_json: bool) -> Exit:
    async def work(api: Api) -> JsonObject | None:
        approval = await _shown(
            api, reference, yes=yes, as_json=as_json, asked="Say yes to all plans of this kind?"
        )
        if approval is None:
            return None
        body: JsonObject = {"reason": reason, "until": _until(hours), "plan_hash": approval.plan_hash}
        return await api.post("approvals", str(approval.approval_id), "preapprove", body=body)

    answer = ask(where, work)
    if answer is None:
        return Exit.APPROVAL_PENDING
    if as_json:
        emit(answer)
        return Exit.OK
    given = read(Preapproval, answer)
    out().print(line("Plans of this kind are approved until ", (day(given.until), "bold"), "."))
    out().print(Text(f"orchestrator preapproval take-back {given.preapproval_id}", style="cyan"))
    out().print(f"This one still waits for a yes of its own: orchestrator approve {checked(reference)}")
    return Exit.OK


def break_glass(reference: str, reason: str, *, where: Where, yes: bool, as_json: bool) -> Exit:
    async def work(api: Api) -> JsonObject | None:
        approval = await _shown(api, reference, yes=yes, as_json=as_json, asked="Break the glass?")
        if approval is None:
            return None
        body: JsonObject = {"reason": reason, "plan_hash": approval.plan_hash}
        return await api.post("approvals", str(approval.approval_id), "break-glass", body=body)

    answer = ask(where, work)
    if answer is None:
        return Exit.APPROVAL_PENDING
    if as_json:
        emit(answer)
    else:
        out().print(
            Text("The glass is broken: the plan may run, and everybody hears of it.", style="bold red")
        )
    return Exit.OK


async def _shown(api: Api, reference: str, *, yes: bool, as_json: bool, asked: str) -> ApprovalView | None:
    """What it is about; None where somebody sits there and says no."""
    approval = read(ApprovalView, await api.get("approvals", checked(reference)))
    if not as_json:
        task = read(TaskView, await api.get("tasks", approval.task_id))
        out().print(decided_about(approval, task, await changed_since(api, approval)))
    if is_attended() and not (yes or as_json) and not await confirmed(asked):
        err().print("Nothing was decided.")
        return None
    return approval


def _until(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    table = Table(box=None, header_style="dim")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    return table
