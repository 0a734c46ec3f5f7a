"""The command of retention."""
# ruff: noqa: PLC0415  see the package: a command's work is imported when it is called

from typing import Annotated

import typer

from agent.cli.options import Data, Json, Url


def prune(
    *,
    older_than_days: Annotated[
        float,
        typer.Option(
            metavar="DAYS", min=0, help="Tasks that ended longer ago than this.", show_default=False
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it nothing goes.")] = False,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Let go of what ended long ago; without --yes it only shows which."""
    from agent.cli.address import Where
    from agent.cli.pruning import prune as work

    return work(days=older_than_days, yes=yes, where=Where(url, data), as_json=as_json)
