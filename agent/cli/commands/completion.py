"""`completion`: what a shell needs to complete commands and options; the library that reads them writes it."""

import contextlib
import io
import json
import os
import sys
from typing import Annotated, Final, Literal

import typer

from agent.cli.exits import Exit
from agent.cli.options import Json

ASKS: Final = "_ORCHESTRATOR_COMPLETE"
"""The variable in which a shell asks for what could stand next."""

Shell = Annotated[
    Literal["bash", "zsh", "fish"],
    typer.Argument(help='Which shell. For bash: eval "$(orchestrator completion bash)" in ~/.bashrc.'),
]


def completion(context: typer.Context, shell: Shell, *, as_json: Json = False) -> int:
    """Write a script for your shell that completes commands and options."""
    from typer.completion import shell_complete  # noqa: PLC0415  only whoever completes waits for it

    known()
    script = io.StringIO()
    with contextlib.redirect_stdout(script):
        shell_complete(context.find_root().command, {}, "orchestrator", ASKS, f"source_{shell}")
    told = script.getvalue().lstrip("\n")
    sys.stdout.write(f"{json.dumps({'shell': shell, 'script': told})}\n" if as_json else told)
    return Exit.OK


def known() -> None:
    """Have the library know its shells; that is half of what it calls installing completion."""
    from typer.completion import get_completion_inspect_parameters  # noqa: PLC0415  the same

    get_completion_inspect_parameters()


def is_asked() -> bool:
    return ASKS in os.environ
