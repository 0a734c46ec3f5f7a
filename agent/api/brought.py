"""A route whose body may be large: it is read and checked by a thread, piece by piece, while others are answered."""

import json
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from agent.apart import apart
from domain.piecewise import read_submission

LARGE: Final = 64 * 1024
"""Bytes from which on a body is read by a thread."""


class Brought(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def taken_in(request: Request) -> Response:
            body = await request.body()
            if len(body) < LARGE or "json" not in request.headers.get("content-type", ""):
                return await handle(request)
            return await handle(_Read(request, body, await _read(body)))

        return taken_in


class _Read(Request):
    """A request whose body has been read."""

    def __init__(self, request: Request, body: bytes, value: Any) -> None:
        super().__init__(request.scope, request.receive)
        self._read_body, self._read_value = body, value

    async def body(self) -> bytes:
        return self._read_body

    async def json(self) -> Any:
        return self._read_value


async def _read(body: bytes) -> Any:
    try:
        return await apart(partial(read_submission, body))
    except json.JSONDecodeError as error:
        issue = {"type": "json_invalid", "loc": ("body", error.pos), "msg": "", "ctx": {"error": error.msg}}
        raise RequestValidationError([issue]) from error
    except ValidationError as error:
        issues = [{**issue, "loc": ("body", *issue["loc"])} for issue in error.errors(include_url=False)]
        raise RequestValidationError(issues) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise HTTPException(400, "There was an error parsing the body") from error
