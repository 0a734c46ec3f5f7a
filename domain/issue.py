"""What is wrong with a value, as people say it."""

from collections.abc import Mapping
from typing import Any


def said(issue: Mapping[str, Any]) -> str:
    """One of pydantic's findings. It counts the `items` of a text that goes through a validator of ours."""
    told, given = issue.get("ctx") or {}, issue.get("input")
    if isinstance(given, str) and issue["type"] in {"too_short", "too_long"}:
        is_short = issue["type"] == "too_short"
        most, bound = ("at least", told["min_length"]) if is_short else ("at most", told["max_length"])
        return f"should have {most} {bound} {'character' if bound == 1 else 'characters'}, not {len(given)}"
    if str(issue["type"]).startswith(("date_", "datetime_")):
        return f"{given!r} is no date; give one such as 2027-01-31 or 2027-01-31T17:00+01:00"
    return str(issue["msg"]).removeprefix("Value error, ")
