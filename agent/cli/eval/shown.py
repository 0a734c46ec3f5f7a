"""Figures as people read them: one a line, numbers under numbers."""

from collections.abc import Iterable, Mapping

from rich.table import Table
from rich.text import Text

from agent.cli.draw.screen import out


def show(figures: Mapping[str, float]) -> None:
    table = _table("figure", "value")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}")
    out().print(table)


def beside(before: str, after: str, rows: Iterable[tuple[str, float, float]]) -> None:
    table = _table("figure", before, after, "change")
    for name, old, new in rows:
        change = new - old
        table.add_row(name, f"{old:g}", f"{new:g}", Text(f"{change:+g}" if change else "="))
    out().print(table)


def _table(*names: str) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 1), pad_edge=False)
    for name in names:
        table.add_column(Text(name), justify="left" if name == "figure" else "right")
    return table
