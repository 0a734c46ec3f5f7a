"""How errors are spoken over HTTP: one shape, one table of status codes, no stack traces."""

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic_core import to_json
from starlette.exceptions import HTTPException

from agent.service.views.error import ErrorBody, ErrorField, ErrorView, Extra
from domain.errors import (
    AgentUnavailableError,
    ApprovalExpiredError,
    ApprovalRejectedError,
    CallbackRefusedError,
    FieldIssue,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    OrchestratorError,
    PlanInvalidError,
    PolicyError,
    TooLargeError,
    UnauthenticatedError,
    UnreachableError,
    WrongStateError,
)
from domain.issue import said

log = logging.getLogger(__name__)

STATUS: tuple[tuple[type[OrchestratorError], int], ...] = (
    (CallbackRefusedError, 422),
    (InvalidInputError, 400),
    (PlanInvalidError, 400),
    (PolicyError, 400),
    (UnauthenticatedError, 401),
    (ForbiddenError, 403),
    (ApprovalRejectedError, 403),
    (NotFoundError, 404),
    (WrongStateError, 409),
    (ApprovalExpiredError, 410),
    (TooLargeError, 413),
    (AgentUnavailableError, 503),
    (UnreachableError, 503),
)
"""First match counts; whatever is not listed is a 500 that tells nothing of our insides."""


def too_large(most: int) -> TooLargeError:
    size = f"{most // 2**20} MiB" if most >= 2**20 else f"{most // 2**10} KiB"
    return TooLargeError(f"the body is over the limit of this call, which is {size}; send less")


MOST_FIELDS, NAMED = 1_000, 20
"""Mistakes that are told of in one answer, and how many of them its first sentence names."""

SPOKEN = {
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: TooLargeError.code,
    415: "UNSUPPORTED_MEDIA_TYPE",
}

ELSEWHERE = {
    404: "there is nothing at {path}; /docs lists every call, /page what waits for people",
    405: "{path} does not take {method}; /docs tells what it takes",
}
"""Where the framework itself says no: it knows the thing only."""


def answers(*codes: int) -> Extra:
    """For a route's documentation: the errors that it may answer with."""
    return {code: {"model": ErrorView} for code in codes}


def spoken(status: int, code: str, message: str, fields: Sequence[FieldIssue] = ()) -> Response:
    shown = tuple(ErrorField(path=path, issue=issue) for path, issue in fields) or None
    body = ErrorView(error=ErrorBody(code=code, message=message, fields=shown))
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    # ASCII: errors repeat what was sent, and people read them in terminals.
    content = to_json(body, exclude_none=True, ensure_ascii=True)
    return Response(content, status_code=status, headers=headers, media_type="application/json")


def install(app: FastAPI) -> None:
    app.add_exception_handler(OrchestratorError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def status_of(error: OrchestratorError) -> int:
    return next((code for kind, code in STATUS if isinstance(error, kind)), 500)


async def _ours(_request: Request, error: Exception) -> Response:
    assert isinstance(error, OrchestratorError)
    return told(error)


def told(error: OrchestratorError) -> Response:
    status = status_of(error)
    if status == 500:
        log.error("unexpected %s: %s", error.code, error.message)
    return spoken(status, error.code, error.message, error.fields)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = [FieldIssue(_path(issue["loc"]), _said(issue)) for issue in error.errors()[:MOST_FIELDS]]
    named = ", ".join(field.path for field in fields[:NAMED])
    named += f" and {len(fields) - NAMED} more" if len(fields) > NAMED else ""
    return spoken(400, InvalidInputError.code, f"the request cannot be understood: see {named}", fields)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = ELSEWHERE.get(error.status_code, str(error.detail)).format(
        method=request.method, path=request.url.path
    )
    return spoken(error.status_code, SPOKEN.get(error.status_code, "HTTP_ERROR"), message)


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return spoken(500, OrchestratorError.code, "something went wrong here; the log has the particulars")


def _path(loc: Sequence[Any]) -> str:
    """`('body', 'metadata', 'due_date')` → `metadata.due_date`; list places in brackets."""
    rest = [part for part in loc if part not in {"body", "query", "path", "header"}] or list(loc)
    path = ""
    for part in rest:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path


def _said(issue: dict[str, Any]) -> str:
    if issue["type"] == "json_invalid":
        return f"not valid JSON: {issue.get('ctx', {}).get('error', issue['msg'])}"
    return said(issue)
