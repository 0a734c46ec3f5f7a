"""Commands of `keys`: making and checking what proves who calls."""
# ruff: noqa: PLC0415  see the package: a command's work is imported when it is called

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import Json

File = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="File of principals; otherwise AUTH_PRINCIPALS."),
]


def make(
    *,
    key_id: Annotated[
        str, typer.Option("--id", metavar="NAME", help="What tells this key from the person's others.")
    ] = "first",
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=3650, help="Days until it expires; otherwise never.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Make a key: shown once, with the entry that goes into the file of principals."""
    from agent.cli.keys import make as work

    return work(key_id, days, as_json=as_json)


def digest(*, as_json: Json = False) -> int:
    """Read a key from standard input and print the digest of it, as the file of principals holds it."""
    from agent.cli.keys import digest as work

    return work(as_json=as_json)


def check(*, file: File = None, as_json: Json = False) -> int:
    """Check the file of principals, and list who has which roles, rights and keys."""
    from agent.cli.keys import check as work

    return work(file, as_json=as_json)
