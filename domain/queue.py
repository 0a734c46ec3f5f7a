"""The queue: how much is done at once, over all workers."""

from typing import Annotated

from pydantic import Field

from domain.base import Value


class QueueSettings(Value):
    """`paused`: no worker takes a task up; what a worker holds goes on until it rests or ends.

    `max_concurrent` is the most tasks that all workers together hold at one moment; null is no limit.
    `stop_on_failure` pauses the queue as soon as a subtask has failed for good.
    """

    paused: bool = False
    max_concurrent: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    stop_on_failure: bool = False
