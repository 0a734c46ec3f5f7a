"""Commands of the gate: what waits for people, and what they say."""
# ruff: noqa: PLC0415  see the package: a command's work is imported when it is called

from enum import StrEnum
from typing import Annotated

import typer

from agent.cli.commands.tasks import Cursor, Limit
from agent.cli.options import Data, Json, Person, Reference, Role, TaskId, Url, Yes


class DeliveryState(StrEnum):
    waiting = "waiting"
    sent = "sent"
    dead = "dead"


def inbox(
    *, limit: Limit = 50, cursor: Cursor = None, url: Url = None, data: Data = None, as_json: Json = False
) -> int:
    """List what waits for approval, the most urgent first."""
    from agent.cli.address import Where
    from agent.cli.listing import inbox as work

    return work(where=Where(url, data), limit=limit, cursor=cursor, as_json=as_json)


def approve(
    approval: Reference,
    *,
    person: Person = None,
    role: Role = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; critical plans ask for it.")] = None,
    yes: Yes = False,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Show a plan and approve exactly that plan.

    Who decides is what the key in ORCHESTRATOR_API_KEY says; without one it is recorded as claimed, not as proven.
    """
    from agent.cli.address import Where
    from agent.cli.deciding import Said, decide

    said = Said(person, role, reason)
    return decide("approve", approval, said, where=Where(url, data), yes=yes, as_json=as_json)


def reject(
    approval: Reference,
    *,
    reason: Annotated[str | None, typer.Option("--reason", help="Why: the requester reads it.")] = None,
    person: Person = None,
    role: Role = None,
    yes: Yes = False,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Show a plan and reject it, with a reason."""
    from agent.cli.address import Where
    from agent.cli.deciding import Said, decide

    said = Said(person, role, reason)
    return decide("reject", approval, said, where=Where(url, data), yes=yes, as_json=as_json)


def changes(
    approval: Reference,
    comment: Annotated[
        str, typer.Argument(metavar="COMMENT", help="What should be different, in words.", show_default=False)
    ],
    *,
    target: Annotated[
        str | None, typer.Option("--target", metavar="SUBTASK_ID", help="The subtask it is about.")
    ] = None,
    person: Person = None,
    role: Role = None,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Ask for another plan instead of deciding.

    The plan is made anew from what you say, and waits for approval.
    """
    from agent.cli.address import Where
    from agent.cli.changing import changes as work

    return work(
        approval, comment, target=target, as_person=person, role=role, where=Where(url, data), as_json=as_json
    )


def edit(
    task_id: TaskId,
    *,
    file: Annotated[
        str | None, typer.Option("--file", metavar="FILE", help="The edited YAML; - is standard input.")
    ] = None,
    prints: Annotated[bool, typer.Option("--print", help="Print the YAML and change nothing.")] = False,
    why: Annotated[str | None, typer.Option("--why", help="Why; it is recorded.")] = None,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Edit a plan as YAML in your $EDITOR.

    What you save is checked and judged anew; a risky plan needs a new approval.
    """
    from agent.cli.address import Where
    from agent.cli.editing import edit as work

    return work(task_id, file=file, prints=prints, why=why, where=Where(url, data), as_json=as_json)


def diff(
    task_id: TaskId,
    revisions: Annotated[
        str | None, typer.Argument(metavar="[A..B]", help="Two revisions.", show_default=False)
    ] = None,
    *,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Show what became different between revisions."""
    from agent.cli.address import Where
    from agent.cli.changing import diff as work

    return work(task_id, revisions, where=Where(url, data), as_json=as_json)


def deliveries(
    *,
    state: Annotated[
        list[DeliveryState] | None,
        typer.Option("--state", help="Only these; may be repeated. By default what did not arrive."),
    ] = None,
    task_id: Annotated[
        str | None, typer.Option("--task-id", metavar="ID", help="Only what is told of this task.")
    ] = None,
    resend: Annotated[
        list[str] | None,
        typer.Option("--resend", metavar="ID", help="Send this dead notice after all; may be repeated."),
    ] = None,
    resend_dead: Annotated[
        bool, typer.Option("--resend-dead", help="Send every dead notice after all.")
    ] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """List notices that did not arrive, and why; send dead ones again."""
    from agent.cli.address import Where
    from agent.cli.undelivered import listed, sent_again

    where = Where(url, data)
    if resend or resend_dead:
        return sent_again(resend or [], where=where, every=resend_dead, as_json=as_json)
    states = [each.value for each in state or (DeliveryState.waiting, DeliveryState.dead)]
    return listed(where=where, states=states, task_id=task_id, limit=limit, cursor=cursor, as_json=as_json)
