"""The product's own golden set, planned with the shipped router and the shipped policy.

A third of the requests is marked `held`: nobody tunes on it, and its figures are the honest ones.
"""

from functools import cache
from pathlib import Path

import pytest

from approvals.policy import Policy
from domain.agent import Manifest
from planner.evaluate import Scores, run, score
from planner.pipeline import Planning
from planner.suites import read_suite
from routing.route import Router

HERE = Path(__file__).parent
POLICY = HERE.parents[1] / "manifests" / "risk-policy.yaml"


@cache
def scores(split: str) -> Scores:
    manifest = Manifest.model_validate_json((HERE / "agents.json").read_text("utf-8"))
    planning = Planning(manifest, Router(manifest), Policy.load(POLICY))
    cases = read_suite((HERE / "requests.jsonl").read_text("utf-8"), split=split)
    return score(run(planning.plan_by_rules, cases))


@pytest.mark.parametrize("split", ["dev", "held"])
def test_every_request_gives_a_valid_plan_that_covers_it_exactly(split: str) -> None:
    assert (scores(split).valid_rate, scores(split).exact_cover_rate) == (100.0, 100.0)


@pytest.mark.parametrize(("split", "agents", "precedence"), [("dev", 85.0, 64.5), ("held", 76.0, 50.0)])
def test_plans_are_no_worse_than_they_were_measured_to_be(
    split: str, agents: float, precedence: float
) -> None:
    assert scores(split).agent_f1 >= agents
    assert scores(split).precedence_f1 >= precedence


@pytest.mark.parametrize(("split", "precision", "recall"), [("dev", 81.0, 82.5), ("held", 58.5, 60.0)])
def test_gates_stand_where_people_expect_them(split: str, precision: float, recall: float) -> None:
    assert scores(split).gate_precision >= precision
    assert scores(split).gate_recall >= recall
