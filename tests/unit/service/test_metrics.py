"""How long a task has taken: it goes on while somebody may still get on with it, and stands still once nobody can."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.service.shown import metrics
from agent.service.views.task import StatusChange, TaskMetrics
from domain.task import TASK_ENDS, TASK_STATUSES, Task, TaskStatus

BEGAN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CAME = BEGAN + timedelta(seconds=60)
DUE = BEGAN + timedelta(seconds=90)
STILL = TASK_ENDS | {"rejected", "expired"}


def told(status: TaskStatus, after_s: float) -> TaskMetrics:
    task = Task(
        task_id="t1", title="t", priority="medium", requester=None, request_digest="0" * 64, status=status,
        created_at=BEGAN, ended_at=CAME if status in TASK_ENDS else None, due_at=DUE,
    )  # fmt: skip
    history = [
        StatusChange(status="planning", at=BEGAN, actor="ann"),
        StatusChange(status=status, at=CAME, actor="clock"),
    ]
    return metrics(task, [], [], history, CAME + timedelta(seconds=after_s))


@pytest.mark.parametrize("status", TASK_STATUSES)
def test_time_stands_still_where_nobody_can_go_on_and_runs_while_somebody_may(status: TaskStatus) -> None:
    soon, late = told(status, 1), told(status, 3_600)
    stands = status in STILL
    assert soon.elapsed_seconds == (60 if stands else 61)
    assert late.elapsed_seconds == (60 if stands else 3_660)
    assert (soon.on_time, late.on_time) == (True, stands)
