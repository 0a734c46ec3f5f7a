"""The command line: which commands there are, and how each of them ends."""

import json
import shutil
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterator, Sequence
from io import TextIOWrapper
from itertools import takewhile
from typing import Annotated, Any, Final

import typer
from pydantic_core import SchemaError
from typer.core import TyperGroup

from agent.cli import front
from agent.cli.commands import (
    audit,
    authority,
    completion,
    evaluating,
    gate,
    keys,
    learning,
    policy,
    pruning,
    serving,
    steering,
    tasks,
)
from agent.cli.exits import Exit
from agent.cli.haste import haste
from agent.cli.manual import Manual, Manuals
from agent.cli.plain import plain
from agent.cli.refusal import Refusal, refusal_of
from domain.errors import OrchestratorError

START, WORK, PEOPLE, HOUSE = "Start", "Work", "People", "House"
COMMANDS: Final[tuple[tuple[str, str, Callable[..., int]], ...]] = (
    (START, "demo", serving.demo),
    (START, "up", serving.up),
    (START, "doctor", serving.doctor),
    (WORK, "plan", tasks.plan),
    (WORK, "run", tasks.run),
    (WORK, "watch", tasks.watch),
    (WORK, "show", tasks.show),
    (WORK, "tasks", tasks.tasks),
    (WORK, "execute", tasks.execute),
    (WORK, "pause", steering.pause),
    (WORK, "unpause", steering.unpause),
    (WORK, "priority", steering.priority),
    (WORK, "cancel", steering.cancel),
    (PEOPLE, "inbox", gate.inbox),
    (PEOPLE, "approve", gate.approve),
    (PEOPLE, "reject", gate.reject),
    (PEOPLE, "changes", gate.changes),
    (PEOPLE, "diff", gate.diff),
    (PEOPLE, "edit", gate.edit),
    (PEOPLE, "break-glass", authority.break_glass),
    (PEOPLE, "answer", steering.answer),
    (PEOPLE, "retry", steering.retry),
    (PEOPLE, "skip", steering.skip),
    (PEOPLE, "assign", steering.assign),
    (HOUSE, "agents", tasks.agents),
    (HOUSE, "route", learning.route),
    (HOUSE, "queue", steering.queue),
    (HOUSE, "stop", steering.stop),
    (HOUSE, "deliveries", gate.deliveries),
    (HOUSE, "prune", pruning.prune),
    (HOUSE, "worker", serving.worker),
    (HOUSE, "init-db", serving.init_db),
    (HOUSE, "bench", serving.bench),
    (HOUSE, "completion", completion.completion),
)
GROUPS: Final[tuple[tuple[str, str, str, tuple[tuple[str, Callable[..., int]], ...]], ...]] = (
    (
        HOUSE,
        "eval",
        "Measure plans, routing and risk ratings on suites of your own.",
        (
            ("plan", evaluating.plan),
            ("route", evaluating.route),
            ("risk", evaluating.risk),
            ("compare", evaluating.compare),
            ("gate", evaluating.gate),
        ),
    ),
    (
        PEOPLE,
        "delegation",
        "Lend roles for a time, and take them back.",
        (
            ("lend", authority.lend),
            ("list", authority.delegations),
            ("take-back", authority.take_back_delegation),
        ),
    ),
    (
        PEOPLE,
        "preapproval",
        "Say yes in advance to plans of one kind.",
        (
            ("give", authority.preapprove),
            ("list", authority.preapprovals),
            ("take-back", authority.take_back_preapproval),
        ),
    ),
    (
        HOUSE,
        "memory",
        "See and forget the past plans that advise later ones.",
        (("ls", learning.ls), ("forget", learning.forget)),
    ),
    (
        HOUSE,
        "keys",
        "Make keys for callers, and check the file of principals.",
        (("make", keys.make), ("digest", keys.digest), ("check", keys.check)),
    ),
    (
        HOUSE,
        "policy",
        "Try the risk policy, explain it, hold it against what is stored.",
        (("test", policy.try_cases), ("explain", policy.explain), ("simulate", policy.simulate)),
    ),
    (
        HOUSE,
        "audit",
        "Write the log as a file that proves itself, and check it offline.",
        (("export", audit.export), ("verify", audit.verify)),
    ),
)
"""Commands of several verbs: panel, name, what it is for, and its verbs. Each verb takes --json."""

OPTIONS: Final = (("--version", "Show the version."), ("--help", "Show this."))


class Front(TyperGroup):
    """The usual help page takes a quarter of a second to import; this one is drawn with what is there."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  rich writes it
        front.show(_listed(), OPTIONS)


def _listed() -> Iterator[front.Listed]:
    for panel, name, work in COMMANDS:
        yield front.Listed(name, (work.__doc__ or "").split("\n", 1)[0], panel)
    for panel, name, does, _ in GROUPS:
        yield front.Listed(name, does, panel)


def build() -> typer.Typer:
    app = typer.Typer(
        cls=Front,
        name="orchestrator",
        add_completion=False,
        invoke_without_command=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
        callback=_root,
    )
    for panel, name, work in COMMANDS:
        app.command(name, cls=Manual, rich_help_panel=panel)(work)
    for panel, name, does, verbs in GROUPS:
        group = typer.Typer(
            cls=Manuals,
            help=f"{does} Every verb takes --json.",
            invoke_without_command=True,
            callback=_helped,
        )
        for verb, work in verbs:
            group.command(verb, cls=Manual)(work)
        app.add_typer(group, name=name, rich_help_panel=panel)
    return app


def _root(
    context: typer.Context,
    shows_version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """Plan agent work, hold what is risky, run what is approved."""
    if shows_version:
        from importlib.metadata import version  # noqa: PLC0415  a third of the time that --help takes

        sys.stdout.write(f"orchestrator {version('orchestrator')}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        front.show(_listed(), OPTIONS)


def _helped(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help())
        raise typer.Exit


def main() -> None:
    """The program `orchestrator`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments say, and give the exit code of it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that knows few characters is shown others in their place, never an error.
            stream.reconfigure(errors="replace")
    as_json = "--json" in list(takewhile(lambda argument: argument != "--", arguments))
    try:
        if completion.is_asked():
            completion.known()
        with haste():
            return int(build()(list(arguments), standalone_mode=False, prog_name="orchestrator") or 0)
    except (typer.Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    except Exception as error:  # noqa: BLE001  the outermost edge: whatever it was, it is told
        if _is_interrupt(error):
            return Exit.INTERRUPTED
        return _refuse(_refusal(_innermost(error)), as_json=as_json)


def _is_interrupt(error: Exception) -> bool:
    """A model that is just being made tells of an interrupt as of a fault of its own."""
    return isinstance(error, SchemaError) and str(error).rstrip(" :").endswith("KeyboardInterrupt")


def _innermost(error: BaseException) -> BaseException:
    """Groups of tasks wrap what went wrong in one of them."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _refusal(error: BaseException) -> Refusal:
    match error:
        case Refusal():
            return error
        case OrchestratorError():
            return refusal_of(error)
        case typer.TyperException():
            return Refusal("USAGE", error.format_message().replace(": Value error, ", ": "))
        case _:
            traceback.print_exception(error)
            return Refusal("INTERNAL_ERROR", f"this should not happen: {type(error).__name__}: {error}")


def _refuse(refusal: Refusal, *, as_json: bool) -> int:
    if as_json:
        sys.stdout.write(json.dumps(refusal.shown, indent=2) + "\n")
    else:
        sys.stderr.write(f"{_red('Error:')} {_wrapped(plain(refusal.message))}\n")
        for path, issue in (field for field in refusal.fields if field[1] not in refusal.message):
            sys.stderr.write(f"  {plain(path)}: {plain(issue)}\n" if path else f"  {plain(issue)}\n")
    return refusal.exit_code


def _wrapped(text: str) -> str:
    """Between words for a terminal; whole for everything else, which may look for it."""
    if not sys.stderr.isatty():
        return text
    width = shutil.get_terminal_size().columns
    return textwrap.fill(
        text, width, initial_indent=" " * 7, break_long_words=False, break_on_hyphens=False
    ).lstrip()


def _red(text: str) -> str:
    return typer.style(text, fg="red", bold=True) if sys.stderr.isatty() else text
