"""Approving and rejecting: what is decided is shown first, and the plan that was seen is sent along."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from rich.console import Group, RenderableType
from rich.text import Text

from agent.cli.address import Where
from agent.cli.api import Api, person
from agent.cli.ask import ask
from agent.cli.confirm import confirmed, told
from agent.cli.draw.account import asked_by
from agent.cli.draw.diff import diff_lines
from agent.cli.draw.now import command
from agent.cli.draw.plan import Picture, findings, gate, plan_tree
from agent.cli.draw.screen import emit, err, is_attended, out, say
from agent.cli.draw.words import day, line
from agent.cli.exits import OF_APPROVAL, Exit
from agent.cli.read import read
from agent.cli.refusal import Refusal, usage
from agent.service.comparing import DiffView
from agent.service.views.approval import ApprovalView
from agent.service.views.task import TaskView
from domain.approval import ANSWERED, Answer
from domain.base import JsonObject
from domain.ids import CODE_PATTERN

UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
CODE: Final = re.compile(CODE_PATTERN.strip("^$"))


class Said(NamedTuple):
    """Who says it, as far as options say.

    Without a terminal nobody is asked again: an approval is for one plan, so whoever names it has said which.
    """

    person: str | None
    role: str | None
    reason: str | None


def decide(answer: Answer, reference: str, said: Said, *, where: Where, yes: bool, as_json: bool) -> Exit:
    """The command, both ways."""
    known = checked(reference)
    return ask(where, lambda api: _decide(api, answer, known, said, where=where, yes=yes, as_json=as_json))


def checked(reference: str) -> str:
    """An approval's id or code, in the form the API knows; anything else never leaves this machine."""
    if UUID.fullmatch(reference):
        return reference.lower()
    if CODE.fullmatch(reference.upper()):
        return reference.upper()
    raise usage(
        f"{reference!r} is no approval: give its id (a UUID), or its code of eight letters and digits such as "
        "KM4QX7PA; `orchestrator inbox` lists those that wait"
    )


async def _decide(
    api: Api, answer: Answer, reference: str, said: Said, *, where: Where, yes: bool, as_json: bool
) -> Exit:
    approval = read(ApprovalView, await api.get("approvals", reference))
    task = read(TaskView, await api.get("tasks", approval.task_id))
    if not as_json:
        out().print(decided_about(approval, task, await changed_since(api, approval)))
    asks = is_attended() and not (yes or as_json)
    if approval.status == "pending":
        said = await _completed(said, answer, approval, asks=asks)
        if asks and not await confirmed(f"{answer.capitalize()} this plan?"):
            err().print("Nothing was decided.")
            return Exit.APPROVAL_PENDING
    stored = await send(api, answer, approval, said)
    decided = read(ApprovalView, stored)
    if as_json:
        emit(stored)
    else:
        _tell(decided, task, where)
    return Exit.OK if decided.status == ANSWERED[answer] else OF_APPROVAL[decided.status]


async def send(api: Api, answer: Answer, approval: ApprovalView, said: Said) -> JsonObject:
    """Say it about the plan that was shown. A decision that is stored otherwise ends with its own code."""
    body: JsonObject = {"plan_hash": approval.plan_hash, **who(api, approval, said)}
    if said.reason:
        body["justification" if answer == "approve" else "reason"] = said.reason
    try:
        return await api.post(answer, str(approval.approval_id), body=body)
    except Refusal as refusal:
        if refusal.code != "ALREADY_DECIDED":
            raise
        stored = read(ApprovalView, await api.get("approvals", str(approval.approval_id)))
        raise Refusal(refusal.code, refusal.message, exit_code=_stored_otherwise(stored)) from refusal


def who(api: Api, approval: ApprovalView, said: Said) -> JsonObject:
    """Where a key says it, nothing but what was said; otherwise somebody must be named."""
    if api.address.key is not None:
        told: JsonObject = {"approver_id": said.person, "approver_role": said.role}
        return {name: value for name, value in told.items() if value is not None}
    return {"approver_id": said.person or person(), "approver_role": said.role or approval.roles[0]}


async def changed_since(api: Api, approval: ApprovalView) -> tuple[str, ...]:
    """What became different since the revision before, a line each."""
    if approval.revision == 1:
        return ()
    span = f"{approval.revision - 1}..{approval.revision}"
    return read(DiffView, await api.get("tasks", approval.task_id, "plans", span, "diff")).lines


def decided_about(approval: ApprovalView, task: TaskView, changed: Sequence[str] = ()) -> RenderableType:
    """What somebody who decides must have seen."""
    parts: list[RenderableType] = [
        line(
            ("Approval ", ""), (approval.code, "bold yellow"), f"  {approval.approval_id}  {approval.status}"
        ),
        line(f"Task {approval.task_id}, revision {approval.revision}: ", (task.title, "bold")),
        line("Plan ", (approval.plan_hash, "bold cyan")),
        line(
            f"Asked {day(approval.requested_at)}",
            f" by {asker}" if (asker := approval.requester or asked_by(task)) else "",
            f", until {day(approval.expires_at)}, of {', '.join(approval.roles)}",
        ),
    ]
    if task.plan is not None and task.plan.plan_hash == approval.plan_hash:
        picture = Picture(task.title, task.plan, task.subtasks, task.dependencies)
        parts += [Text(), *(diff_lines(changed) if changed else ()), plan_tree(picture), Text()]
        if (found := findings(picture.plan)) is not None:
            parts += [Text("Found", style="bold"), found, Text()]
        parts.append(gate(picture))
    else:
        parts.append(
            Text("The task has another plan by now; this one can no longer be run.", style="bold red")
        )
    return Group(*parts)


async def _completed(said: Said, answer: Answer, approval: ApprovalView, *, asks: bool) -> Said:
    """A reason is asked for where one is needed and somebody is there to give it."""
    needed = answer == "reject" or approval.justification
    if said.reason or not needed:
        return said
    if not asks:
        raise usage(f'say why: --reason "…" goes with a {answer} of a {approval.level}-risk plan')
    return said._replace(reason=await told("Why? "))


def _tell(stored: ApprovalView, task: TaskView, where: Where) -> None:
    console, vote = out(), stored.votes[-1] if stored.votes else None
    who = f" by {vote.approver} as {vote.role}" if vote else ""
    if vote is not None and vote.unauthenticated:
        who += " (nobody checked who that is)"
    console.print(line(f"Approval {stored.code} is ", (stored.status, "bold"), who, "."))
    if stored.status == "pending":
        approvals = sum(1 for vote in stored.votes if vote.answer == "approve")
        console.print(f"{approvals} of {stored.required} voices so far.")
    if stored.status == "approved":
        say([command("Watch it run", f"orchestrator watch {task.task_id}{where.suffix}")])


def _stored_otherwise(stored: ApprovalView) -> Exit:
    """The decision that stands is not the one that was asked for, so that even an approval is an error."""
    return Exit.ERROR if stored.status == "approved" else OF_APPROVAL[stored.status]
