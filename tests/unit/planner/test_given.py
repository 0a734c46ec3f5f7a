from pathlib import Path

import pytest

from approvals.policy import Policy
from domain.agent import Agent, Manifest
from domain.errors import PlanInvalidError
from domain.given import GivenPlan
from domain.request import Request
from planner.given import plan_given
from planner.pipeline import Planning
from routing.route import Router
from tests.kit.plans import agent

POLICY = Policy.load(Path(__file__).parents[3] / "manifests" / "risk-policy.yaml")
REQUEST = Request(task_id="t1", title="my own plan")


def reader(name: str) -> Agent:
    return agent(name).model_copy(update={"effect": "read", "idempotent": True})


def planning() -> Planning:
    manifest = Manifest(schema_version="1.0", agents=(reader("worker"), reader("other")), version="test")
    return Planning(manifest, Router(manifest), POLICY.guarding(manifest))


def given(*subtasks: dict[str, object]) -> GivenPlan:
    return GivenPlan.model_validate({"subtasks": [{"objective": "Read a part", **s} for s in subtasks]})


def test_a_given_graph_keeps_its_edges_under_ids_of_ours() -> None:
    plan = plan_given(
        planning(),
        REQUEST,
        given(
            {"id": "x", "agent": "worker", "timeout_s": 7},
            {"id": "y", "agent": "other", "depends_on": ["x"]},
            {"id": "z", "agent": "worker", "depends_on": ["x", {"on": "y", "reason": "it needs both"}]},
        ),
    )
    assert [s.subtask_id for s in plan.subtasks] == ["worker::t1::1", "other::t1::1", "worker::t1::2"]
    assert plan.edges["worker::t1::2"] == ("worker::t1::1", "other::t1::1")  # type: ignore[index]
    assert [e.reason for e in plan.subtasks[2].depends_on] == ["as given", "it needs both"]
    assert plan.subtasks[0].sla.timeout_s == 7
    assert plan.planner == "given"
    assert [s.covers for s in plan.subtasks] == [("R1",), ("R2",), ("R3",)]


def test_what_has_no_agent_is_routed() -> None:
    plan = plan_given(planning(), REQUEST, given({"id": "x", "objective": "work"}))
    assert plan.subtasks[0].agent in {"worker", "other"}


def test_a_risky_given_plan_is_gated_by_the_policy_and_nothing_in_it_can_say_otherwise() -> None:
    risky = given({"id": "x", "agent": "worker", "objective": "Drop the production database"})
    plan = plan_given(planning(), REQUEST, risky)
    assert plan.verdict.demand is not None
    assert plan.subtasks[0].gated
    with pytest.raises(ValueError, match="gated"):
        given({"id": "x", "gated": False})


@pytest.mark.parametrize(
    ("subtasks", "path"),
    [
        ([{"id": "x", "agent": "nobody"}], "plan.subtasks[0].agent"),
        ([{"id": "x"}, {"id": "x"}], "plan.subtasks[1].id"),
        ([{"id": "x", "depends_on": ["q"]}], "plan.subtasks[0].depends_on[0]"),
        ([{"id": "x", "depends_on": ["y"]}, {"id": "y", "depends_on": ["x"]}], "plan.subtasks[0].depends_on"),
    ],
)
def test_a_graph_that_cannot_be_run_is_refused_under_the_callers_names(
    subtasks: list[dict[str, object]], path: str
) -> None:
    with pytest.raises(PlanInvalidError) as refused:
        plan_given(planning(), REQUEST, given(*subtasks))
    assert path in [field.path for field in refused.value.fields]
