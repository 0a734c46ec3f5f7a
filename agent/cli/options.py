"""Options and arguments that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON and nothing else.")]
Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar="URL",
        help="Where the API is; otherwise ORCHESTRATOR_URL, or where `orchestrator up` says it runs.",
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="FOLDER",
        help="Data folder; otherwise ORCHESTRATOR_DATA or ~/.local/share/orchestrator.",
    ),
]
Manifest = Annotated[
    Path | None,
    typer.Option("--manifest", metavar="FILE", help="Agents manifest in place of the shipped one."),
]
Policy = Annotated[
    Path | None,
    typer.Option("--policy", metavar="FILE", help="Risk policy in place of the shipped one."),
]
TaskId = Annotated[str, typer.Argument(metavar="TASK_ID", help="The task's id.", show_default=False)]
SubtaskId = Annotated[
    str,
    typer.Argument(
        metavar="SUBTASK_ID", help="The subtask's id, as agent::task::number.", show_default=False
    ),
]
Reference = Annotated[
    str,
    typer.Argument(
        metavar="APPROVAL", help="The approval's id, or its code of eight characters.", show_default=False
    ),
]
Person = Annotated[
    str | None, typer.Option("--as", metavar="PERSON", help="Who decides; otherwise you, as user@host.")
]
Role = Annotated[
    str | None, typer.Option("--role", help="The role you decide in; otherwise the first that is asked for.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
