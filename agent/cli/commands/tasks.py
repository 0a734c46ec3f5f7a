"""Commands about tasks: plan, submit, run, watch."""
# ruff: noqa: PLC0415  see the package: a command's work is imported when it is called

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import Data, Json, Manifest, Policy, TaskId, Url

Text = Annotated[
    str | None, typer.Argument(metavar="TEXT", help="What to do, in plain words.", show_default=False)
]
File = Annotated[
    str | None,
    typer.Option("--file", "-f", metavar="FILE", help="Read the words from a file; - is standard input."),
]
Title = Annotated[str | None, typer.Option("--title", help="A title; otherwise the beginning of the words.")]
Id = Annotated[
    str | None,
    typer.Option("--task-id", metavar="ID", help="The task's id; the same id is never planned twice."),
]
Requester = Annotated[str | None, typer.Option("--requester", help="Who asks; they may not approve it.")]
Repository = Annotated[
    str | None, typer.Option("--repository", metavar="PATH|URL", help="The repository it is about.")
]
Context = Annotated[str | None, typer.Option("--context", metavar="JSON", help="Data for the agents.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=500, help="How many to show.")]
Cursor = Annotated[str | None, typer.Option("--cursor", help="Go on where the page before ended.")]


class Priority(StrEnum):
    low = "low"
    medium = "medium"
    high = "high"
    critical = "critical"


class OnFailure(StrEnum):
    review = "review"
    fail = "fail"


class Mode(StrEnum):
    auto = "auto"
    manual = "manual"


class Health(StrEnum):
    unknown = "unknown"
    healthy = "healthy"
    unhealthy = "unhealthy"


def plan(
    text: Text = None,
    *,
    title: Title = None,
    file: File = None,
    repository: Repository = None,
    context: Context = None,
    data: Data = None,
    manifest: Manifest = None,
    policy: Policy = None,
    as_json: Json = False,
) -> int:
    """Show what would be done, and store or run nothing.

    By whom, in which order and why, how risky it is, and who would have to approve. Needs no service. Exits with 3 where somebody would have to approve.
    """
    from agent.cli.address import settings_in
    from agent.cli.planning import plan as work
    from agent.cli.wording import Wording

    wording = Wording(text, title, file, task_id="plan", repository=repository, context=context)
    settings = settings_in(data, orchestrator_manifest=manifest, orchestrator_policy=policy)
    return work(wording, settings, as_json=as_json)


def run(
    text: Text = None,
    *,
    title: Title = None,
    file: File = None,
    task_id: Id = None,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="FILE", help="A plan of your own, as JSON or YAML, for these words."),
    ] = None,
    execute: Annotated[
        bool, typer.Option("--execute/--no-execute", help="Run it as soon as it may run, or only plan it.")
    ] = True,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Watch it until it ends or waits.")] = False,
    priority: Annotated[Priority, typer.Option("--priority", help="How urgent it is.")] = Priority.medium,
    due: Annotated[str | None, typer.Option("--due", metavar="DATE", help="When it should be done.")] = None,
    requester: Requester = None,
    repository: Repository = None,
    context: Context = None,
    on_failure: Annotated[
        OnFailure, typer.Option("--on-failure", help="What a failed subtask means for the task.")
    ] = OnFailure.review,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Submit a request: it runs at once, or once it is approved."""
    from agent.cli.address import Where
    from agent.cli.running import run as work
    from agent.cli.wording import Wording

    wording = Wording(
        text,
        title,
        file,
        task_id=task_id,
        priority=priority.value,
        due=due,
        requester=requester,
        repository=repository,
        context=context,
        on_failure=on_failure.value,
        execute=execute,
    )
    return work(wording, plan=plan, where=Where(url, data), watch=watch, as_json=as_json)


def watch(task_id: TaskId, *, url: Url = None, data: Data = None, as_json: Json = False) -> int:
    """Watch a task until it ends or waits for people.

    A restart of the service is no matter.
    """
    from agent.cli.address import Where
    from agent.cli.watching import watch as work

    return work(task_id, where=Where(url, data), as_json=as_json)


def show(task_id: TaskId, *, url: Url = None, data: Data = None, as_json: Json = False) -> int:
    """Show what a task was going to do, who let it, what it did and cost.

    For a task that ended as for one that runs, waits, failed or was refused; the log it is told from is what `orchestrator audit export` proves.
    """
    from agent.cli.address import Where
    from agent.cli.listing import show as work

    return work(task_id, where=Where(url, data), as_json=as_json)


def tasks(
    *,
    status: Annotated[
        list[str] | None, typer.Option("--status", help="Only tasks in this status; may be repeated.")
    ] = None,
    requester: Annotated[
        str | None, typer.Option("--requester", help="Only what this person asked for.")
    ] = None,
    needs_review: Annotated[
        bool | None,
        typer.Option("--needs-review/--no-review", help="Only those that a person must look at, or not."),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """List tasks, the newest first."""
    from agent.cli.address import Where
    from agent.cli.listing import tasks as work

    return work(
        where=Where(url, data),
        statuses=status,
        requester=requester,
        needs_review=needs_review,
        limit=limit,
        cursor=cursor,
        as_json=as_json,
    )


def execute(
    task_id: TaskId,
    *,
    mode: Annotated[Mode, typer.Option("--mode", help="All of it, or one wave a call.")] = Mode.auto,
    checkpoint: Annotated[
        list[str] | None, typer.Option("--checkpoint", metavar="SUBTASK_ID", help="Pause after this one.")
    ] = None,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Run a planned task, or go on with one at rest."""
    from agent.cli.address import Where
    from agent.cli.control import execute as work

    return work(
        task_id, mode=mode.value, checkpoints=checkpoint or [], where=Where(url, data), as_json=as_json
    )


def agents(
    agent_id: Annotated[
        str | None, typer.Argument(metavar="[AGENT]", help="Only this one, in full.", show_default=False)
    ] = None,
    *,
    domain: Annotated[str | None, typer.Option("--domain", help="Only those of this domain.")] = None,
    capability: Annotated[
        str | None, typer.Option("--capability", help="Only those with this skill or tag.")
    ] = None,
    health: Annotated[
        Health | None, typer.Option("--health", help="Only those whose health is this.")
    ] = None,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Show who there is to do the work, and how they are."""
    from agent.cli.address import Where
    from agent.cli.listing import agents as work

    return work(
        where=Where(url, data),
        agent_id=agent_id,
        domain=domain,
        capability=capability,
        health=health.value if health else None,
        as_json=as_json,
    )
