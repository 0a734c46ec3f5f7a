"""Asking for changes to a plan, and what became different between its revisions."""

import re
from typing import Final

from agent.cli.address import Where
from agent.cli.api import Api
from agent.cli.ask import ask
from agent.cli.deciding import Said, checked, who
from agent.cli.draw.diff import diff_lines, unchanged, understood_lines
from agent.cli.draw.now import to_decide
from agent.cli.draw.screen import emit, err, say
from agent.cli.draw.words import line
from agent.cli.exits import Exit
from agent.cli.read import read
from agent.cli.refusal import usage
from agent.service.comparing import ChangedView, DiffView, RevisionList
from agent.service.views.approval import ApprovalView
from domain.base import JsonObject

SPAN: Final = re.compile(r"(\d{1,6})\.\.(\d{1,6})")


def changes(
    reference: str,
    comment: str,
    *,
    target: str | None,
    as_person: str | None,
    role: str | None,
    where: Where,
    as_json: bool,
) -> Exit:
    """The command. Whoever asks for changes has not decided: the new plan waits for approval."""
    known = checked(reference)

    async def asking(api: Api) -> JsonObject:
        approval = read(ApprovalView, await api.get("approvals", known))
        return await ask_changes(api, approval, comment, target=target, as_person=as_person, role=role)

    answer = ask(where, asking)
    if as_json:
        emit(answer)
        return Exit.APPROVAL_PENDING
    changed = read(ChangedView, answer)
    said = list(understood_lines(changed.understood, changed.plan.findings if changed.plan else ()))
    if not changed.changed:
        said = list(understood_lines(changed.understood, changed.findings))
        say([*said, unchanged(changed.approval)])
    else:
        say([*said, *diff_lines(changed.difference.lines)])
    if changed.approval is not None:
        say(to_decide(changed.approval, where.suffix))
    return Exit.APPROVAL_PENDING


async def ask_changes(
    api: Api,
    approval: ApprovalView,
    comment: str,
    *,
    target: str | None = None,
    as_person: str | None = None,
    role: str | None = None,
) -> JsonObject:
    """Say it about the plan that was shown."""
    by = who(api, approval, Said(as_person, role, comment))
    body: JsonObject = {"comment": comment, "plan_hash": approval.plan_hash, **by}
    if target is not None:
        body["target"] = target
    return await api.post("approvals", str(approval.approval_id), "changes", body=body)


def diff(task_id: str, revisions: str | None, *, where: Where, as_json: bool) -> Exit:
    """The command. Without revisions: what the last change made different."""

    async def question(api: Api) -> JsonObject | None:
        was, now = _span(revisions) or await _last(api, task_id)
        return await api.get("tasks", task_id, "plans", f"{was}..{now}", "diff") if was else None

    answer = ask(where, question)
    if answer is None:
        err().print(line("The plan of task ", (task_id, "bold"), " was never changed."))
        return Exit.OK
    if as_json:
        emit(answer)
    else:
        say(diff_lines(read(DiffView, answer).lines))
    return Exit.OK


def _span(revisions: str | None) -> tuple[int, int] | None:
    if revisions is None:
        return None
    if (found := SPAN.fullmatch(revisions)) is None:
        raise usage(f"{revisions!r} names no two revisions; say 1..2")
    return int(found[1]), int(found[2])


async def _last(api: Api, task_id: str) -> tuple[int, int]:
    """The latest revision and the one before it; zeros where there is only one."""
    listed = read(RevisionList, await api.get("tasks", task_id, "plans")).plans
    return (listed[-2].revision, listed[-1].revision) if len(listed) > 1 else (0, 0)
