"""Answers about large plans: put together and written out by a thread, so that everybody else is answered meanwhile."""

from collections.abc import Iterator
from typing import TypeVar

from fastapi import Response

from agent.apart import apart
from agent.service.looking import Look
from domain.base import Value

View = TypeVar("View", bound=Value)


async def told(look: Look[View], like: Response | None = None) -> View | Response:
    """The view itself where it is small. `like` has the status and headers of the answer."""
    if not look.large:
        return look.compose()
    body = await apart(lambda: written(look.compose()).encode())
    headers = dict(like.headers) if like else {}
    headers.pop("content-length", None)
    status = like.status_code if like and like.status_code else 200
    return Response(body, status_code=status, headers=headers, media_type="application/json")


def written(value: Value) -> str:
    """As JSON, piece by piece: one call for all of it would keep every thread waiting until it is done."""
    return f"{{{','.join(_fields(value))}}}"


def _fields(value: Value) -> Iterator[str]:
    rest = []
    for name in type(value).model_fields:
        match getattr(value, name):
            case Value() as inner:
                yield f'"{name}":{written(inner)}'
            case tuple() as several if all(isinstance(each, Value) for each in several):
                yield f'"{name}":[{",".join(each.model_dump_json() for each in several)}]'
            case _:
                rest.append(name)
    if rest:
        yield value.model_dump_json(include=set(rest))[1:-1]
