"""Answers of the API as views, made plain; what only a newer service says is left out."""

from typing import TypeVar

from agent.cli.plain import plained
from domain.base import JsonObject, Value

Shape = TypeVar("Shape", bound=Value)


def read(shape: type[Shape], answer: JsonObject) -> Shape:
    return shape.model_validate(plained(answer), extra="ignore")
