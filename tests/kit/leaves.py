"""Every place in a JSON value, and the same value with another one there."""

from collections.abc import Iterator
from typing import Any

Place = tuple[str | int, ...]


def leaves(value: Any, path: Place = ()) -> Iterator[Place]:
    """Every place in a JSON value, containers included: an emptied list is a change as well."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, number))


def changed(value: Any, path: Place, new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(copy[path[0]], path[1:], new)  # type: ignore[index]
    return copy


def at(value: Any, path: Place) -> Any:
    for step in path:
        value = value[step]
    return value
