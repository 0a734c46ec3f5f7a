"""What a plan costs grows with its size and no faster: four times the subtasks, about four times the CPU."""

import gc
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from agent.engine.picture import Picture
from agent.service.shown import dependency_views, plan_view, routing_view, subtask_views
from agent.store.runs import Run, Standing
from approvals.seal import seal, unseal
from domain.given import GivenPlan
from domain.graph import circle
from domain.piecewise import read_plan
from domain.subtask import Progress
from domain.task import Task
from planner.given import plan_given
from tests.unit.planner.test_given import REQUEST, planning

SMALL, TIMES = 300, 4
LINEAR = TIMES * 2.5
"""A square would be sixteen times as much; what is left is for memory that is further away."""

ROUNDS = 5
TOO_SHORT_S = 0.02
"""A step that takes less for the large plan is too short to be compared, and to be a square that matters."""

TASK = Task(
    task_id="t1",
    title="my own plan",
    priority="medium",
    requester=None,
    request_digest="0" * 64,
    status="planned",
    execute=False,
    on_failure="review",
    revision=1,
    plan_hash="0" * 64,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)

T = TypeVar("T")
Shape = Callable[[int], list[str]]


def wide(number: int) -> list[str]:
    return ["n0"] * bool(number)


def chain(number: int) -> list[str]:
    return [f"n{number - 1}"] * bool(number)


def brought(count: int, shape: Shape) -> str:
    """As a caller sends it: each hands its own product to those after it."""
    plan = GivenPlan.model_validate(
        {
            "subtasks": [
                {
                    "id": f"n{number}",
                    "objective": f"Read part {number % 7}",
                    "agent": "worker",
                    "depends_on": shape(number),
                    "produces": [f"p{number}"],
                    "consumes": [f"p{before[1:]}" for before in shape(number)],
                }
                for number in range(count)
            ]
        }
    )
    return plan.text()


class Steps:
    """What is done with a plan from its body to its answer, and the CPU time of each step."""

    def __init__(self) -> None:
        self.took: dict[str, float] = {}

    def take(self, name: str, step: Callable[[], T]) -> T:
        began = time.process_time()
        made = step()
        self.took[name] = time.process_time() - began
        return made


def steps(count: int, shape: Shape) -> dict[str, float]:
    text, at, house = brought(count, shape), Steps(), planning()
    given = at.take("read", lambda: read_plan(text))
    plan = at.take("draw and check", lambda: plan_given(house, REQUEST, given))
    sealed = at.take("seal", lambda: seal(plan))
    at.take("open", lambda: unseal(sealed.header, [each.text for each in sealed.subtasks]))
    stand = [Progress(subtask_id=each.subtask_id, state="pending") for each in plan.subtasks]
    at.take("show the plan", lambda: plan_view(plan, TASK, stand))
    at.take("show the subtasks", lambda: subtask_views(plan, stand))
    at.take("show the rest", lambda: (dependency_views(plan), routing_view(TASK, plan, [])))
    run = Run(
        request_text=REQUEST.model_dump_json(),
        header=sealed.header,
        plan_hash=sealed.plan_hash,
        planner=plan.planner,
        level=plan.verdict.level,
        subtasks={each.subtask_id: each for each in sealed.subtasks},
        beside={each.subtask_id: (each.ordinal, "worker") for each in plan.subtasks},
        edges={
            each.subtask_id: tuple((edge.on, edge.kind, edge.reason) for edge in each.depends_on)
            for each in plan.subtasks
        },
        predecessors=plan.edges,
        standing={each.subtask_id: Standing("pending", agent="worker") for each in plan.subtasks},
        artifacts={},
        approvals={},
    )
    at.take("picture", lambda: Picture(TASK, run))
    nodes = list(plan.edges)
    turning = {node: (nodes[place - 1],) for place, node in enumerate(nodes)}
    at.take("show a circle", lambda: circle(turning))
    return at.took


@pytest.mark.parametrize("shape", [wide, chain], ids=["side by side", "in a row"])
def test_four_times_the_subtasks_cost_about_four_times_the_cpu(shape: Shape) -> None:
    """Neighbours of the machine come and go, so both are measured in turns, and again where one was disturbed."""
    steps(20, shape)
    small, large, square = dict[str, float](), dict[str, float](), dict[str, float]()
    gc.disable()
    try:
        for _ in range(ROUNDS):
            small = least(small, steps(SMALL, shape))
            large = least(large, steps(SMALL * TIMES, shape))
            grown = {name: large[name] / small[name] for name in small if large[name] > TOO_SHORT_S}
            square = {name: round(times, 1) for name, times in grown.items() if times > LINEAR}
            if not square:
                return
    finally:
        gc.enable()
    raise AssertionError(square)


def least(before: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float]:
    return {name: min(seconds, before.get(name, seconds)) for name, seconds in now.items()}
