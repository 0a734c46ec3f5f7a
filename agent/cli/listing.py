"""What there is: tasks, all that is known of one, approvals that wait, agents."""

import asyncio
import shlex
from collections.abc import Mapping, Sequence

from agent.cli.address import Where
from agent.cli.api import Api
from agent.cli.ask import ask
from agent.cli.draw.account import account
from agent.cli.draw.lists import agent_card, agents_table, more, pending, tasks_table
from agent.cli.draw.screen import emit, out, say
from agent.cli.exits import Exit
from agent.cli.read import read
from agent.cli.refusal import Refusal
from agent.service.views.agent import AgentList, AgentView
from agent.service.views.approval import ApprovalPage, ApprovalView
from agent.service.views.task import TaskPage, TaskView

MOST_SHOWN = 50
"""Approvals whose plans are looked up to be shown."""


def tasks(
    *,
    where: Where,
    statuses: Sequence[str] | None,
    requester: str | None,
    needs_review: bool | None,
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> Exit:
    answer = ask(
        where,
        lambda api: api.get(
            "tasks",
            status=list(statuses) if statuses else None,
            requester=requester,
            needs_review=needs_review,
            limit=limit,
            cursor=cursor,
        ),
    )
    if as_json:
        emit(answer)
        return Exit.OK
    page, console = read(TaskPage, answer), out()
    console.print(tasks_table(page.tasks) if page.tasks else "There are no such tasks.")
    if page.next is not None:
        say([more(f"orchestrator tasks --cursor {shlex.quote(page.next)}{where.suffix}")])
    return Exit.OK


def show(task_id: str, *, where: Where, as_json: bool) -> Exit:
    answer = ask(where, lambda api: api.get("tasks", task_id))
    if as_json:
        emit(answer)
    else:
        say(account(read(TaskView, answer), where.suffix))
    return Exit.OK


def inbox(*, where: Where, limit: int, cursor: str | None, as_json: bool) -> Exit:
    async def question(api: Api) -> tuple[ApprovalPage, Mapping[str, TaskView]]:
        answer = await api.get("approvals", "pending", limit=limit, cursor=cursor)
        page = read(ApprovalPage, answer)
        if as_json:
            emit(answer)
            return page, {}
        return page, await _plans(api, page.approvals[:MOST_SHOWN])

    page, plans = ask(where, question)
    if as_json:
        return Exit.OK
    console = out()
    for approval in page.approvals:
        say(pending(approval, plans.get(approval.task_id), where.suffix))
    if not page.approvals:
        console.print("Nothing waits for anybody.")
    if page.next is not None:
        say([more(f"orchestrator inbox --cursor {shlex.quote(page.next)}{where.suffix}")])
    return Exit.OK


def agents(
    *,
    where: Where,
    agent_id: str | None,
    domain: str | None,
    capability: str | None,
    health: str | None,
    as_json: bool,
) -> Exit:
    if agent_id is not None:
        answer = ask(where, lambda api: api.get("agents", agent_id))
        if as_json:
            emit(answer)
        else:
            say(agent_card(read(AgentView, answer)))
        return Exit.OK
    answer = ask(where, lambda api: api.get("agents", domain=domain, capability=capability, health=health))
    if as_json:
        emit(answer)
        return Exit.OK
    found = read(AgentList, answer).agents
    out().print(agents_table(found) if found else "There are no such agents.")
    return Exit.OK


async def _plans(api: Api, approvals: Sequence[ApprovalView]) -> dict[str, TaskView]:
    """What would run, by task; a task that cannot be shown just now goes without."""

    async def one(task_id: str) -> TaskView | None:
        try:
            return read(TaskView, await api.get("tasks", task_id))
        except Refusal:
            return None

    found = await asyncio.gather(*(one(approval.task_id) for approval in approvals))
    return {task.task_id: task for task in found if task is not None}
