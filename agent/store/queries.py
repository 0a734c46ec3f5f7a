"""Named queries from the `.sql` files beside this one.

Each query in a file starts with a line `-- name: its_name`; what follows up to the next name is the SQL.
"""

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def queries(file: str) -> dict[str, str]:
    """The queries of `sql/<file>.sql` by name. Raises FileNotFoundError for a file that is not there."""
    text = files("agent.store").joinpath("sql", f"{file}.sql").read_text(encoding="utf-8")
    _, *parts = _NAME.split(text)
    return {name: sql.strip() for name, sql in zip(parts[::2], parts[1::2], strict=True)}
