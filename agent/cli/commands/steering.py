"""Commands that steer: pause, go on, put before others, answer, leave out, stop everything."""
# ruff: noqa: PLC0415  see the package: a command's work is imported when it is called

from enum import StrEnum
from typing import Annotated

import typer

from agent.cli.commands.tasks import Priority
from agent.cli.options import Data, Json, SubtaskId, TaskId, Url

Reason = Annotated[str | None, typer.Option("--reason", help="Why; it is recorded.")]


class AnswerChoice(StrEnum):
    retry = "retry"
    skip = "skip"
    done = "done"
    fail = "fail"
    assign = "assign"


def cancel(
    task_id: TaskId, *, reason: Reason = None, url: Url = None, data: Data = None, as_json: Json = False
) -> int:
    """Stop a task for good; what has taken effect stays."""
    from agent.cli.address import Where
    from agent.cli.control import cancel as work

    return work(task_id, reason=reason, where=Where(url, data), as_json=as_json)


def pause(
    task_id: TaskId, *, reason: Reason = None, url: Url = None, data: Data = None, as_json: Json = False
) -> int:
    """Start nothing more of a task; what is under way comes to its end."""
    from agent.cli.address import Where
    from agent.cli.control import order

    body = {"reason": reason} if reason else {}
    return order(task_id, "pause", body=body, where=Where(url, data), as_json=as_json)


def unpause(task_id: TaskId, *, url: Url = None, data: Data = None, as_json: Json = False) -> int:
    """Go on with a paused task."""
    from agent.cli.address import Where
    from agent.cli.control import order

    return order(task_id, "unpause", body={}, where=Where(url, data), as_json=as_json)


def priority(
    task_id: TaskId,
    priority: Annotated[Priority, typer.Argument(help="How urgent it is.", show_default=False)],
    *,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Put a task's work before, or after, that of others."""
    from agent.cli.address import Where
    from agent.cli.control import order

    body = {"priority": priority.value}
    return order(task_id, "priority", body=body, where=Where(url, data), as_json=as_json)


def answer(
    task_id: TaskId,
    subtask_id: SubtaskId,
    answer: Annotated[AnswerChoice, typer.Argument(help="What to make of it.", show_default=False)],
    *,
    outputs: Annotated[
        str | None, typer.Option("--outputs", metavar="JSON", help="With done: what came of it.")
    ] = None,
    agent: Annotated[str | None, typer.Option("--agent", help="With assign: to whom.")] = None,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Answer what a blocked or failed subtask asks."""
    from agent.cli.address import Where
    from agent.cli.control import respond

    where = Where(url, data)
    return respond(
        task_id, subtask_id, answer.value, outputs=outputs, agent=agent, where=where, as_json=as_json
    )


def retry(
    task_id: TaskId, subtask_id: SubtaskId, *, url: Url = None, data: Data = None, as_json: Json = False
) -> int:
    """Make a blocked or failed subtask again."""
    from agent.cli.address import Where
    from agent.cli.control import order

    return order(task_id, "subtasks", subtask_id, "retry", body={}, where=Where(url, data), as_json=as_json)


def skip(
    task_id: TaskId, subtask_id: SubtaskId, *, url: Url = None, data: Data = None, as_json: Json = False
) -> int:
    """Leave a subtask out; what follows sees it as skipped."""
    from agent.cli.address import Where
    from agent.cli.control import order

    return order(task_id, "subtasks", subtask_id, "skip", body={}, where=Where(url, data), as_json=as_json)


def assign(
    task_id: TaskId,
    subtask_id: SubtaskId,
    agent: Annotated[str, typer.Argument(metavar="AGENT", help="The agent's id.", show_default=False)],
    *,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Give a subtask at rest to another agent.

    A risky plan then needs a new approval.
    """
    from agent.cli.address import Where
    from agent.cli.control import order

    body = {"agent": agent}
    return order(
        task_id, "subtasks", subtask_id, "assign", body=body, where=Where(url, data), as_json=as_json
    )


def queue(
    *,
    paused: Annotated[
        bool | None,
        typer.Option("--pause/--resume", help="Take nothing up any more, or take things up again."),
    ] = None,
    at_once: Annotated[
        int | None,
        typer.Option(
            "--max-concurrent", min=0, max=1_000_000, help="Tasks at once, over all workers; 0 is no limit."
        ),
    ] = None,
    stop_on_failure: Annotated[
        bool | None,
        typer.Option("--stop-on-failure/--go-on", help="Pause as soon as a subtask has failed for good."),
    ] = None,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Show how much runs at once, and set it."""
    from agent.cli.address import Where
    from agent.cli.queue import queue as work

    where = Where(url, data)
    return work(paused=paused, at_once=at_once, stop_on_failure=stop_on_failure, where=where, as_json=as_json)


def stop(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Really everything.")] = False,
    reason: Reason = None,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Stop everything: pause the queue and whatever runs."""
    from agent.cli.address import Where
    from agent.cli.queue import stop as work

    return work(everything=everything, reason=reason, where=Where(url, data), as_json=as_json)
