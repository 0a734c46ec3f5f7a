"""Commands of `audit`: the log as a file that proves itself."""
# ruff: noqa: PLC0415  see the package: a command's work is imported when it is called

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import Data, Json, Url


def export(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Where to; otherwise standard output.", show_default=False),
    ] = None,
    *,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Write the log as it stands, with its chain and signatures; digests stand for what people wrote."""
    from agent.cli.address import Where
    from agent.cli.audit import export as work

    return work(file, where=Where(url, data), as_json=as_json)


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An exported log.", show_default=False)],
    *,
    key: Annotated[
        list[str] | None,
        typer.Option("--key", metavar="BASE64", help="A public key that is trusted; may be repeated."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Check an exported log, offline: names the first entry that is not what was chained."""
    from agent.cli.audit import verify as work

    return work(file, key or [], as_json=as_json)
