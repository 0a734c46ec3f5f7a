"""What one command is for and what it takes, in as many columns as there are.

Written by hand, as the first screen is: the usual page cuts words where columns are few, and takes twice as long.
"""

import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

MARGIN: Final = 26
"""Where explanations begin; a longer name has its own line."""
WIDEST: Final = 100
_TYPE: Final = re.compile(r" <([^<>]+)>$")
_NAMES: Final = {
    **dict.fromkeys(("str", "list[str]"), "TEXT"),
    **dict.fromkeys(("int", "int range", "float", "float range"), "N"),
    "bool": "",
    "path": "FILE",
}
_RANGES: Final = (
    (re.compile(r"([\d.]+)<=x<=([\d.]+)"), r"\1 to \2"),
    (re.compile(r"x>=([\d.]+)"), r"\1 or more"),
)


class Manual(TyperCommand):
    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  written at once
        sys.stdout.write("\n".join(page(self, ctx)).rstrip() + "\n")


class Manuals(TyperGroup):
    """Of a command of several verbs."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  written at once
        sys.stdout.write("\n".join(page(self, ctx)).rstrip() + "\n")


def page(command: TyperCommand | TyperGroup, ctx: Any) -> Iterator[str]:
    width = min(shutil.get_terminal_size().columns, WIDEST)
    yield f"Usage: {ctx.command_path} {' '.join(command.collect_usage_pieces(ctx))}\n"
    for paragraph in (command.help or "").split("\n\n"):
        yield textwrap.fill(" ".join(paragraph.split()), width) + "\n"
    params = command.get_params(ctx)
    yield from _titled("Takes", [_record(p, ctx) for p in params if p.param_type_name == "argument"], width)
    if isinstance(command, TyperGroup):
        verbs = [(name, _first(verb.help)) for name, verb in command.commands.items()]
        yield from _titled("Verbs", verbs, width)
    yield from _titled("Options", [_record(p, ctx) for p in params if p.param_type_name == "option"], width)


def _record(param: Any, ctx: Any) -> tuple[str, str]:
    """As the parser tells it, with names that mean something to people."""
    name, told = param.get_help_record(ctx)
    words = " ".join(told.split())
    for pattern, said in _RANGES:
        words = pattern.sub(said, words)
    kind = _TYPE.search(name)
    if kind is None:
        return name, words
    shown = _NAMES.get(kind[1], kind[1])
    if param.param_type_name == "argument":
        shown = kind[1] if "|" in kind[1] else ""
    return f"{name[: kind.start()]} {shown}".rstrip(), words


def _first(text: str | None) -> str:
    return (text or "").split("\n\n", 1)[0]


def _titled(title: str, rows: list[tuple[str, str]], width: int) -> Iterator[str]:
    if rows:
        yield title
        for name, told in rows:
            yield from _row(name, told, width)
        yield ""


def _row(name: str, told: str, width: int) -> Iterator[str]:
    first = f"  {name}"
    if len(first) > MARGIN - 2:
        yield first
        first = ""
    yield textwrap.fill(
        told,
        width,
        initial_indent=first.ljust(MARGIN),
        subsequent_indent=" " * MARGIN,
        break_on_hyphens=False,
    )
