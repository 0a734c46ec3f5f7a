"""Outputs as a database can hold them."""

import re

from domain.base import Json

# JSON allows both; PostgreSQL's text and UTF-8 allow neither.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def storable(value: Json) -> Json:
    """The same with NUL characters and halves of characters replaced."""
    match value:
        case str():
            return _UNSTORABLE.sub(REPLACEMENT, value)
        case list():
            return [storable(inner) for inner in value]
        case dict():
            return {str(storable(name)): storable(inner) for name, inner in value.items()}
        case _:
            return value
