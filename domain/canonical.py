"""The canonical text (RFC 8785) of nearly all values, as any encoder writes what is sorted: a tenth of the work."""

from typing import Final

from pydantic_core import to_json

from domain.base import Json, JsonObject

EXACT: Final = 2.0**53
"""From here on JSON numbers are not exact."""

_LEAST_PLAIN: Final = 1e-4
"""Below, one way of writing numbers takes exponents and the other does not."""


class _UnusualError(Exception):
    """What only a library writes as RFC 8785 says."""


def plainly(value: JsonObject) -> str | None:
    """The canonical text; None where only a library is sure of it, or where there is none."""
    try:
        return to_json(_plain(value)).decode()
    except (_UnusualError, ValueError):  # half a character, or deeper than the encoder goes
        return None


def _plain(value: Json) -> Json:
    """The same with names in order and whole numbers as integers. Asks for the very type: it is asked of every value of
    a large plan.
    """
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if isinstance(value, dict):
        if not "".join(value).isascii():
            raise _UnusualError
        return {name: _plain(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return _plain_number(value)
    if isinstance(value, int) and abs(value) < EXACT:
        return value
    raise _UnusualError


def _plain_number(value: float) -> float:
    if value and not _LEAST_PLAIN <= abs(value) < EXACT:
        raise _UnusualError
    return int(value) if value.is_integer() else value
