"""Who waits while a request is planned."""

import threading
from typing import Any

import pytest

from agent.service.aside import Aside
from domain.request import Request


class Noting:
    """Notes where it was asked to plan."""

    def __init__(self) -> None:
        self.where: list[threading.Thread] = []

    def plan_by_rules(self, request: Request, **_how: object) -> str:
        self.where.append(threading.current_thread())
        return request.task_id


@pytest.mark.parametrize(("length", "here"), [(10, True), (101, False)])
async def test_a_long_request_is_planned_in_a_thread_and_a_short_one_here(length: int, here: bool) -> None:
    planning: Any = Noting()
    request = Request(task_id="t1", title="a", description="b" * (length - 1))
    assert await Aside(planning, over=100).plan(request) == "t1"
    assert (planning.where == [threading.current_thread()]) is here
