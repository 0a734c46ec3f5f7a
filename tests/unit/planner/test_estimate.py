"""Estimates: how long, how much, how sure."""

import time
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from domain.agent import Agent, Cost, Limits, Manifest, Sla
from domain.plan import Edge, Subtask
from planner.estimate import Estimate, estimate
from tests.kit.looptime import strain
from tests.kit.planning import agent, manifest

QUICK = Sla(timeout_s=900, p50_s=60, p95_s=300)
ROOM = 2
"""Others compute beside it."""

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def worker(name: str = "a", slots: int | None = None, cost: Cost | None = None, sla: Sla = QUICK) -> Agent:
    return agent(name).model_copy(
        update={"sla": sla, "limits": Limits(max_concurrency=slots), "cost": cost or Cost()}
    )


def step(name: str, by: Agent, *after: str) -> Subtask:
    edges = tuple(Edge(on=on, kind="given", reason="?") for on in after)
    return Subtask(
        subtask_id=name, ordinal=0, title=name, objective=name, agent=by.id, sla=by.sla, depends_on=edges
    )


def told(subtasks: list[Subtask], of: Manifest, **more: object) -> Estimate:
    return estimate(subtasks, of, Random(7), **more)  # type: ignore[arg-type]


def test_one_subtask_takes_what_its_agent_says() -> None:
    a = worker()
    found = told([step("1", a)], manifest(a))

    assert found.p50_s == pytest.approx(60, rel=0.02)
    assert 150 < found.p90_s < 250


def test_steps_in_a_row_add_up_and_steps_side_by_side_do_not() -> None:
    a = worker()
    row = told([step("1", a), step("2", a, "1"), step("3", a, "2")], manifest(a))
    side = told([step("1", a), step("2", a), step("3", a)], manifest(a))

    assert row.p50_s > 2.5 * 60
    assert side.p50_s < row.p50_s
    assert row.critical_path == ("1", "2", "3")


def test_an_agent_with_one_slot_makes_its_work_queue() -> None:
    a, b = worker(slots=1), worker()
    queueing = told([step("1", a), step("2", a), step("3", a)], manifest(a))
    in_a_row = told([step("1", b), step("2", b, "1"), step("3", b, "2")], manifest(b))

    assert queueing.p50_s == pytest.approx(in_a_row.p50_s, rel=0.03)


def test_no_attempt_is_taken_to_outlast_its_time_out() -> None:
    a = worker(sla=Sla(timeout_s=70, p50_s=60, p95_s=300))

    assert told([step("1", a)], manifest(a)).p90_s == pytest.approx(70)


def test_twenty_samples_are_believed_and_nineteen_are_a_prior() -> None:
    a = worker()
    few = told([step("1", a)], manifest(a), history={"a": [5.0] * 19})
    many = told([step("1", a)], manifest(a), history={"a": [5.0] * 20})

    assert few.prior
    assert few.p50_s > 50
    assert not many.prior
    assert many.p50_s == pytest.approx(5.0)


def test_the_chance_to_be_on_time_falls_with_the_time_that_is_left() -> None:
    a = worker()
    subtasks, of = [step("1", a), step("2", a, "1")], manifest(a)
    chances = [
        told(subtasks, of, now=NOW, due=NOW + timedelta(seconds=left)).p_on_time
        for left in (10, 130, 100_000)
    ]

    assert chances[0] is not None
    assert chances[0] < 0.01
    assert chances[1] is not None
    assert 0.2 < chances[1] < 0.6
    assert chances[2] == 1.0


def test_nothing_due_has_no_chance_to_be_late() -> None:
    a = worker()

    assert told([step("1", a)], manifest(a)).p_on_time is None


def test_cost_counts_calls_and_minutes() -> None:
    a = worker(cost=Cost(per_call_usd=0.5, per_minute_usd=1.0))
    found = told([step("1", a), step("2", a)], manifest(a))

    assert found.cost_p50_usd > 1.0 + 2 * 0.9
    assert found.cost_p10_usd < found.cost_p50_usd < found.cost_p90_usd


def test_an_empty_plan_takes_no_time() -> None:
    found = told([], manifest(worker()))

    assert (found.p50_s, found.cost_p50_usd, found.critical_path) == (0.0, 0.0, ())


def test_the_same_hand_draws_the_same_estimate() -> None:
    a = worker()
    subtasks = [step("1", a), step("2", a, "1")]

    assert told(subtasks, manifest(a)) == told(subtasks, manifest(a))


def test_fifty_subtasks_are_simulated_ten_thousand_times_within_a_fifth_of_a_second() -> None:
    agents = [worker(f"a{n}", slots=4) for n in range(12)]
    dice = Random(1)
    subtasks = [
        step(f"{n}", agents[n % 12], *sorted({str(dice.randrange(n)) for _ in range(min(n, 2))}))
        for n in range(50)
    ]
    taken = []
    for _ in range(3):
        began = time.process_time()
        found = told(subtasks, manifest(*agents))
        taken.append(time.process_time() - began)

    assert found.draws == 10_000
    # Measured 0.12 s where nothing else runs.
    assert min(taken) < 0.2 * ROOM * strain()
