"""Answers about large plans: written out by a thread, so that everybody else is answered meanwhile."""

import asyncio
from typing import TypeVar

from fastapi import Response

from domain.base import Value

LARGE = 500
"""Subtasks from which on an answer is large."""

View = TypeVar("View", bound=Value)


async def told(view: View, subtasks: int, like: Response | None = None) -> View | Response:
    """The view itself where it is small. `like` has the status and headers of the answer."""
    if subtasks < LARGE:
        return view
    body = (await asyncio.to_thread(view.model_dump_json)).encode()
    headers = dict(like.headers) if like else {}
    headers.pop("content-length", None)
    status = like.status_code if like and like.status_code else 200
    return Response(body, status_code=status, headers=headers, media_type="application/json")
