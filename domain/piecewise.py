"""Reads a submission piece by piece, so that a thread that reads a large one lets others have their turns.

One call into a parser written in C or Rust keeps every other thread of the process waiting until it is done; for a
body of 32 MiB that is most of a second. A piece here is one subtask of the plan that is brought along.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from domain.given import GivenPlan, GivenSubtask, Submission
from domain.plan import MAX_SUBTASKS

MOST_ISSUES: Final = 1_000
"""A body that is wrong all over is told of so many of its mistakes."""

Place = tuple[str, ...]
Issues = list[InitErrorDetails]

_SUBTASKS: Final[Place] = ("plan", "subtasks")
_OPENED: Final[frozenset[Place]] = frozenset({(), ("plan",)})
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_DECODER: Final = json.JSONDecoder()
_SUBTASK: Final = TypeAdapter(GivenSubtask)


def read_submission(body: bytes) -> Any:
    """The body as JSON, with its plan as a `GivenPlan` where it has a whole one.

    Raises ValueError (JSONDecodeError) for what is no JSON, ValidationError for a subtask that is none.
    """
    text = body.decode(json.detect_encoding(body), "surrogatepass")
    issues: Issues = []
    value, at = _read(text, _skip(text, 0), (), issues)
    if (end := _skip(text, at)) != len(text):
        raise json.JSONDecodeError("Extra data", text, end)
    if issues:
        issues = [*_of_the_rest(value), *issues]
        raise ValidationError.from_exception_data("Submission", issues[:MOST_ISSUES])
    plan = value.get("plan") if isinstance(value, dict) else None
    if isinstance(plan, dict) and isinstance(plan.get("subtasks"), list) and plan["subtasks"]:
        value["plan"] = _whole(plan)
    return value


def read_plan(text: str) -> GivenPlan:
    """A plan that was stored, from its text."""
    plan: GivenPlan = read_submission(b'{"plan":%b}' % text.encode())["plan"]
    return plan


def _of_the_rest(value: Any) -> Issues:
    try:
        Submission.model_validate({**value, "plan": None})
    except ValidationError as error:
        return [_moved(issue, issue["loc"]) for issue in error.errors(include_url=False)]
    return []


def _whole(plan: dict[str, Any]) -> GivenPlan:
    try:
        return GivenPlan.model_validate(plan)
    except ValidationError as error:
        raise _under_plan(error) from error


def _under_plan(error: ValidationError) -> ValidationError:
    return ValidationError.from_exception_data(
        "Submission", [_moved(issue, ("plan", *issue["loc"])) for issue in error.errors(include_url=False)]
    )


def _read(text: str, at: int, place: Place, issues: Issues) -> tuple[Any, int]:
    """The value that begins at a place, and where it ends."""
    if place in _OPENED and text[at : at + 1] == "{":
        return _object(text, at, place, issues)
    if place == _SUBTASKS and text[at : at + 1] == "[":
        return _subtasks(text, at, issues)
    return _DECODER.raw_decode(text, at)


def _object(text: str, at: int, place: Place, issues: Issues) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}

    def member(at: int) -> int:
        if text[at : at + 1] != '"':
            raise json.JSONDecodeError("Expecting property name enclosed in double quotes", text, at)
        name, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        if text[at : at + 1] != ":":
            raise json.JSONDecodeError("Expecting ':' delimiter", text, at)
        found[name], at = _read(text, _skip(text, at + 1), (*place, name), issues)
        return at

    return found, _members(text, at, "}", member)


def _subtasks(text: str, at: int, issues: Issues) -> tuple[list[Any], int]:
    found: list[Any] = []

    def member(at: int) -> int:
        value, at = _DECODER.raw_decode(text, at)
        if len(found) < MAX_SUBTASKS + 1:
            # One more than there may be says that there are too many; the rest need not be looked at.
            found.append(_checked(value, len(found), issues))
        return at

    return found, _members(text, at, "]", member)


def _members(text: str, at: int, closing: str, member: Callable[[int], int]) -> int:
    """Where an object or a list ends, each of its members read on the way."""
    at = _skip(text, at + 1)
    if text[at : at + 1] == closing:
        return at + 1
    while True:
        at = _skip(text, member(at))
        if text[at : at + 1] == closing:
            return at + 1
        if text[at : at + 1] != ",":
            raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
        at = _skip(text, at + 1)


def _checked(value: Any, number: int, issues: Issues) -> Any:
    if len(issues) >= MOST_ISSUES:
        return value
    try:
        return _SUBTASK.validate_python(value)
    except ValidationError as error:
        issues.extend(
            _moved(issue, ("plan", "subtasks", number, *issue["loc"]))
            for issue in error.errors(include_url=False)
        )
        return value


def _moved(issue: Any, place: tuple[str | int, ...]) -> InitErrorDetails:
    kind = PydanticCustomError(issue["type"], "{said}", {"said": issue["msg"]})
    return InitErrorDetails(type=kind, loc=place, input=None)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()
