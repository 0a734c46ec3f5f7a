"""What a plan costs grows with its size and no faster: four times the subtasks, about four times the CPU."""

import gc
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from agent.engine.picture import Picture
from agent.service.looking import dependency_views, plan_view, routing_view, subtask_views
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
        request=REQUEST,
        header=sealed.header,
        plan_hash=sealed.plan_hash,
        subtasks={each.subtask_id: each for each in sealed.subtasks},
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
    steps(20, shape)
    gc.disable()
    try:
        small = [steps(SMALL, shape) for _ in range(2)]
        large = [steps(SMALL * TIMES, shape) for _ in range(2)]
    finally:
        gc.enable()
    least = {name: min(each[name] for each in small) for name in small[0]}
    most = {name: min(each[name] for each in large) for name in large[0]}
    grown = {name: most[name] / least[name] for name in least if most[name] > TOO_SHORT_S}
    assert {name: round(times, 1) for name, times in grown.items() if times > LINEAR} == {}
