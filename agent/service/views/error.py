"""Refusals as callers see them."""

from typing import Any

from domain.base import Value

Extra = dict[int | str, dict[str, Any]]


class ErrorField(Value):
    path: str
    issue: str


class ErrorBody(Value):
    code: str
    message: str
    fields: tuple[ErrorField, ...] | None = None


class ErrorView(Value):
    error: ErrorBody
