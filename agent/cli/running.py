"""`run`: submits a request, says what became of it, and watches it where that is asked for."""

import asyncio
from pathlib import Path

import yaml

from agent.cli.address import Where
from agent.cli.api import ANSWER_S, LARGE_ANSWER_S, Api
from agent.cli.draw.now import going_on, is_empty, watching, what_now
from agent.cli.draw.plan import Picture, whole
from agent.cli.draw.screen import emit, out, say
from agent.cli.draw.words import line
from agent.cli.exits import OF_TASK, Exit
from agent.cli.read import read
from agent.cli.refusal import usage
from agent.cli.watching import shown_to_the_end
from agent.cli.wording import Wording
from agent.service.views.task import SubmittedView, TaskView
from domain.base import JsonObject
from domain.request import Request


def run(wording: Wording, *, plan: Path | None = None, where: Where, watch: bool, as_json: bool) -> Exit:
    """The command."""
    request = wording.request()
    brought = None if plan is None else plan_file(plan)
    return asyncio.run(_run(request, brought, where, watch=watch, as_json=as_json))


async def _run(
    request: Request, plan: JsonObject | None, where: Where, *, watch: bool, as_json: bool
) -> Exit:
    async with Api(where.find()) as api:
        answer = await submit(api, request, plan)
        submitted = read(SubmittedView, answer)
        if as_json and not watch:
            emit(answer)
        elif not as_json:
            task = read(TaskView, await api.get("tasks", request.task_id))
            _show(submitted, task, "" if watch else where.suffix, ends=not watch, executes=request.execute)
    if watch:
        return await shown_to_the_end(request.task_id, where, as_json=as_json)
    return _end(submitted)


def _end(submitted: SubmittedView) -> Exit:
    """A plan without work will not run, so a script is told at once what a watcher would see."""
    empty = submitted.plan is not None and not submitted.subtasks
    return Exit.FAILED if empty else OF_TASK[submitted.status]


async def submit(api: Api, request: Request, plan: JsonObject | None = None) -> JsonObject:
    brought: JsonObject = {"plan": plan} if plan is not None else {}
    within_s = LARGE_ANSWER_S if brought else ANSWER_S
    return await api.post(
        "orchestrate", body={**request.model_dump(mode="json"), **brought}, within_s=within_s
    )


def plan_file(path: Path) -> JsonObject:
    """A plan of one's own, as JSON or YAML (which JSON is); a bare list is its subtasks."""
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise usage(f"--plan {path} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        told = "; ".join(line.strip() for line in str(error).splitlines()[:2])
        raise usage(f"--plan {path} is neither JSON nor YAML: {told}") from error
    plan = {"subtasks": told} if isinstance(told, list) else told
    if not isinstance(plan, dict):
        raise usage(
            f"--plan {path} should hold `subtasks`, a list of nodes with `id`, `objective`, `depends_on`"
        )
    return plan


def _show(submitted: SubmittedView, task: TaskView, suffix: str, *, ends: bool, executes: bool) -> None:
    console = out()
    if submitted.duplicate:
        changed = ", from another request; submit that under another id" if submitted.request_changed else ""
        console.print(line((f"Task {task.task_id} was there already{changed}.", "yellow")))
    if task.plan is not None:
        say(whole(Picture(task.title, task.plan, task.subtasks, task.dependencies)))
    console.print()
    if ends and task.status in {"planned", "running"} and is_empty(task):
        say([line("Task ", (task.task_id, "bold"), " asks for nothing, so nothing will run.")])
        say(going_on(task, suffix))
    elif ends and task.status == "planned" and executes and not submitted.duplicate:
        say([line("Task ", (task.task_id, "bold"), " is about to run."), watching(task.task_id, suffix)])
    elif ends:
        say(what_now(task, suffix))
