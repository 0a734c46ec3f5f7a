"""An answer that is written piece by piece says what it says in one go."""

import gc
import json
import threading
from datetime import UTC, datetime

import pytest
from fastapi import Response

from agent.apart import apart
from agent.api.large import told, written
from agent.service.looking import Look
from agent.service.views.plan import RoutingPlanView
from agent.service.views.task import ArtifactView, StatusChange, SubmittedView
from domain.base import Value
from domain.ids import SubtaskId

AT = datetime(2026, 1, 1, tzinfo=UTC)


class Mixed(Value):
    nothing: SubmittedView | None = None
    none_of_them: tuple[StatusChange, ...] = ()
    changes: tuple[StatusChange, ...]
    artifact: ArtifactView
    words: tuple[str, ...]
    counts: dict[str, float]
    submitted: SubmittedView


SUBMITTED = SubmittedView(
    task_id="t1",
    status="planned",
    plan=None,
    subtasks=(),
    routing_plan=RoutingPlanView(status="planned", waves=((SubtaskId("a"), SubtaskId("b")), ())),
    duplicate=False,
)
MIXED = Mixed(
    changes=tuple(StatusChange(status="planned", at=AT, actor=f"“{n}”", reason=None) for n in range(3)),
    artifact=ArtifactView(
        subtask_id=SubtaskId("a"), name="n\n", uri="u", media_type="text/plain", size=1, digest="0" * 64
    ),
    words=("a", "ü"),
    counts={"x": 1.5, "y": float("inf")},
    submitted=SUBMITTED,
)


@pytest.mark.parametrize("value", [MIXED, SUBMITTED])
def test_an_answer_in_pieces_is_the_same_answer(value: Value) -> None:
    assert json.loads(written(value)) == json.loads(value.model_dump_json())
    assert type(value).model_validate_json(written(value)) == value


async def test_a_large_answer_is_put_together_by_a_thread_and_keeps_its_status() -> None:
    threads: list[threading.Thread] = []

    def compose() -> SubmittedView:
        threads.append(threading.current_thread())
        return SUBMITTED

    answer = await told(Look(True, compose), Response(status_code=201, headers={"Location": "/tasks/t1"}))
    assert isinstance(answer, Response)
    assert (answer.status_code, answer.headers["location"]) == (201, "/tasks/t1")
    assert SubmittedView.model_validate_json(bytes(answer.body)) == SUBMITTED
    assert await told(Look(False, compose)) == SUBMITTED
    assert [thread is threading.main_thread() for thread in threads] == [False, True]


async def test_no_garbage_is_looked_for_meanwhile_and_always_again_afterwards() -> None:
    assert gc.isenabled()
    assert await apart(gc.isenabled) is False
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        await apart(lambda: 1 // 0)
    assert gc.isenabled()
