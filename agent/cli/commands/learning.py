"""Commands of choosing and of the past: who could do a piece of work, and which plans are remembered."""
# ruff: noqa: PLC0415  see the package: a command's work is imported when it is called

from typing import Annotated

import typer

from agent.cli.options import Data, Json, Manifest, Url

Skills = Annotated[
    list[str] | None, typer.Option("--require", metavar="SKILL", help="A skill it takes; may be repeated.")
]
Preferred = Annotated[
    list[str] | None, typer.Option("--prefer", metavar="SKILL", help="A skill that helps; may be repeated.")
]


def route(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The work, in words.", show_default=False)],
    *,
    require: Skills = None,
    prefer: Preferred = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="Candidates to show.")] = 10,
    manifest: Manifest = None,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Show who could do a piece of work, and why not the others.

    Asks the service, which knows health and load; with --manifest, ranks here by words alone.
    """
    from agent.cli.address import Where
    from agent.cli.choosing import route as work

    return work(
        text,
        tuple(require or ()),
        tuple(prefer or ()),
        where=Where(url, data),
        manifest=manifest,
        limit=limit,
        as_json=as_json,
    )


def ls(
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, max=3_000, help="How many to show.")] = 50,
    every_version: Annotated[
        bool, typer.Option("--every-version", help="Also those of other versions of the manifest.")
    ] = False,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """List the plans that are remembered, the latest first."""
    from agent.cli.address import Where
    from agent.cli.recalling import ls as work

    return work(where=Where(url, data), limit=limit, every_version=every_version, as_json=as_json)


def forget(
    task_id: Annotated[
        str | None, typer.Argument(metavar="TASK_ID", help="Whose plan; or --all.", show_default=False)
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Forget every plan.")] = False,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Forget a plan: it advises no more, and is not learnt again."""
    from agent.cli.address import Where
    from agent.cli.recalling import forget as work

    return work(task_id, everything=everything, where=Where(url, data), as_json=as_json)
