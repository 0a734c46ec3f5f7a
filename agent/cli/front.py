"""The first screen: what there is, in the order in which a newcomer wants it."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

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


def show(commands: Iterable[Listed], options: Iterable[tuple[str, str]]) -> None:
    console = Console(markup=False, emoji=False, highlight=False)
    console.print(*_parts(list(commands), options), sep="\n")


def _parts(commands: list[Listed], options: Iterable[tuple[str, str]]) -> Iterator[RenderableType]:
    yield Text.assemble(("orchestrator", "bold"), "  terraform plan / apply for agent work\n")
    yield Text("A request in plain words becomes a checked plan. A risky plan waits for a person.\n")
    yield _titled("Begin with", [(example, "") for example in EXAMPLES])
    for panel in dict.fromkeys(command.panel for command in commands):
        yield _titled(panel, [(command.name, command.does) for command in commands if command.panel == panel])
    yield _titled("Options", options)
    yield _titled("Exit codes", [(", ".join(f"{code.value} {told}" for code, told in MEANING.items()), "")])
    yield Text.assemble(("orchestrator COMMAND --help", "bold"), " tells more about each.")


def _titled(title: str, rows: Iterable[tuple[str, str]]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.title, table.title_justify, table.title_style = title, "left", "dim"
    for name, does in rows:
        cells = (Text(f"  {name}", style="cyan"), Text(does)) if does else (Text(f"  {name}"),)
        table.add_row(*cells)
    table.add_row()
    return table
