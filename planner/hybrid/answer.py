"""A model's text to an answer of the agreed shape, or to findings that say why it is none."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
)
from pydantic_core import from_json

from domain.plan import Finding

LONGEST: Final = 400_000
"""Characters of an answer that are read at all."""

MOST_ISSUES: Final = 10
_FENCED = re.compile(r"```[a-zA-Z]*\s*\n(.*?)```", re.DOTALL)


class _Shape(BaseModel):
    """What a model says beside the agreed fields (a risk, an approver) is not looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("a NUL character cannot be stored; remove it")
    return text


Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_storable)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400), AfterValidator(_storable)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=8_000), AfterValidator(_storable)]


def _in(field: str) -> BeforeValidator:
    """A bare text where an object is agreed: what weaker models make of it."""
    return BeforeValidator(lambda value: {field: value} if isinstance(value, str) else value)


class Share(_Shape):
    """A requirement, or the part of it that is meant."""

    requirement: Name
    part: Line | None = None


class Before(_Shape):
    key: Name
    reason: Line = ""


class Piece(_Shape):
    key: Name
    agent: Name
    title: Line
    objective: Prose = ""
    covers: tuple[Annotated[Share, _in("requirement")], ...] = ()
    after: tuple[Annotated[Before, _in("key")], ...] = ()


class Answer(_Shape):
    subtasks: tuple[Piece, ...]


def read(text: str, *, most: int, truncated: bool = False) -> Answer | tuple[Finding, ...]:
    """The answer; or findings, where there is none in the text."""
    if len(text) > LONGEST:
        return (_finding("answer_too_long", "answer", f"{len(text)} characters", f"stay below {LONGEST}"),)
    found = next(_objects(text), None)
    if found is None:
        return (_broken_off(len(text)) if truncated else _no_json(),)
    subtasks = found.get("subtasks")
    if isinstance(subtasks, list) and len(subtasks) > most:
        return (
            _finding(
                "size",
                "subtasks",
                f"{len(subtasks)} subtasks are more than {most}",
                "say the work in fewer subtasks",
            ),
        )
    try:
        return Answer.model_validate(found)
    except ValidationError as wrong:
        return tuple(
            _finding(
                "answer_shape", _path(error["loc"]), error["msg"], "answer in the shape that was asked for"
            )
            for error in wrong.errors(include_url=False, include_context=False, include_input=False)[
                :MOST_ISSUES
            ]
        )


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """JSON objects in a text: the whole, what is fenced, from the first brace to the last."""
    first, last = text.find("{"), text.rfind("}")
    for candidate in (text, *_FENCED.findall(text), text[first : last + 1] if 0 <= first < last else ""):
        try:
            value = from_json(candidate.strip())
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value


def _broken_off(length: int) -> Finding:
    return _finding(
        "answer_broken_off", "answer", f"it breaks off after {length} characters", "say it in fewer words"
    )


def _no_json() -> Finding:
    return _finding(
        "answer_unreadable",
        "answer",
        "it holds no JSON object that can be read",
        "answer with one JSON object only",
    )


def _finding(code: str, path: str, message: str, mend: str) -> Finding:
    return Finding(code=code, severity="hard", path=path, message=message, mend=mend)


def _path(location: tuple[int | str, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
