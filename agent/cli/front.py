"""The first screen: what there is, in the order in which a newcomer wants it.

Written by hand for 80 columns: rich would take a third of the time that the screen may take.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from agent.cli.exits import MEANING


class Listed(NamedTuple):
    name: str
    does: str
    panel: str


EXAMPLES: Final = (
    "orchestrator demo",
    "orchestrator up",
    'orchestrator plan "Write release notes and publish them to production"',
)
BOLD, DIM, CYAN = "\x1b[1m", "\x1b[2m", "\x1b[36m"


def show(commands: Iterable[Listed], options: Iterable[tuple[str, str]]) -> None:
    sys.stdout.write("\n".join(_lines(list(commands), options)) + "\n")


def _lines(commands: list[Listed], options: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f"{_styled('orchestrator', BOLD)}  terraform plan / apply for agent work\n"
    yield "A request in plain words becomes a checked plan; a risky one waits for a person.\n"
    yield _styled("Begin with", DIM)
    yield from (f"  {_styled(example, CYAN)}" for example in EXAMPLES)
    for panel in dict.fromkeys(command.panel for command in commands):
        rows = [(command.name, command.does) for command in commands if command.panel == panel]
        yield from _titled(panel, rows)
    yield from _titled("Options", list(options))
    yield _styled("\nExit codes", DIM)
    told = [f"  {_styled(str(code.value), CYAN)} {words:<21}" for code, words in MEANING.items()]
    yield from ("".join(told[start : start + 3]).rstrip() for start in range(0, len(told), 3))
    yield f"\n{_styled('orchestrator COMMAND --help', BOLD)} tells more about each."


def _titled(title: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    yield _styled(f"\n{title}", DIM)
    width = max(len(name) for name, _ in rows)
    yield from (f"  {_styled(name, CYAN)}{' ' * (width - len(name))}  {does}" for name, does in rows)


def _styled(text: str, style: str) -> str:
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return f"{style}{text}\x1b[0m" if coloured else text
