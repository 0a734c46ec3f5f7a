"""Named queries from the `.sql` files beside this one.

Each query in a file starts with a line `-- name: its_name`; what follows up to the next name is the SQL. In it
`<task>` stands for the columns that `rows.sql` has under this name, `<t.task>` for those of the alias `t`.
"""

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
_ROW = re.compile(r"<(?:(\w+)\.)?(\w+)>")


@cache
def queries(file: str) -> dict[str, str]:
    """The queries of `sql/<file>.sql` by name. Raises FileNotFoundError for a file that is not there."""
    return {name: _ROW.sub(_columns, sql) for name, sql in _read(f"sql/{file}.sql").items()}


@cache
def rows() -> dict[str, tuple[str, ...]]:
    """The columns that are read of each row."""
    return {name: tuple(re.split(r",\s+", columns)) for name, columns in _read("rows.sql").items()}


def _read(file: str) -> dict[str, str]:
    text = files("agent.store").joinpath(file).read_text(encoding="utf-8")
    _, *parts = _NAME.split(text)
    return {name: sql.strip() for name, sql in zip(parts[::2], parts[1::2], strict=True)}


def _columns(row: re.Match[str]) -> str:
    alias, name = row.groups()
    return ", ".join(f"{alias}.{column}" if alias else column for column in rows()[name])
