"""The terminal: people read standard output, programs read JSON there; nothing is taken for markup."""

import json
import os
import sys
from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.text import Text

from domain.base import Json

WIDE = 120
"""Columns where nobody says how wide the reader is: a file, a pipe."""


def out() -> Console:
    return _console(stderr=False)


def err() -> Console:
    return _console(stderr=True)


def say(parts: Iterable[RenderableType], console: Console | None = None) -> None:
    """One after the other. A text that says how it breaks is heard, which `print` alone does not do."""
    where = console or out()
    for part in parts:
        if isinstance(part, Text):
            where.print(part, no_wrap=part.no_wrap, overflow=part.overflow, crop=False)
        else:
            where.print(part)


def is_attended() -> bool:
    """Whether somebody sits there who can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def emit(answer: Json) -> None:
    """The whole standard output of a command that was asked for JSON; ASCII, so that no terminal obeys it."""
    sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else WIDE
    return Console(stderr=stderr, width=width, markup=False, emoji=False, highlight=False)
