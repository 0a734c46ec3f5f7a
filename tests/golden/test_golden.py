"""The product's own golden set, planned with the shipped router and the shipped policy.

A third of the requests is marked `held`: nobody tunes on it, and its figures are the honest ones.
"""

from functools import cache
from pathlib import Path

import pytest

from approvals.policy import Policy
from approvals.risk import missed
from approvals.risk import read_cases as read_phrases
from domain.agent import Manifest
from planner.evaluate import Scores, run, score
from planner.pipeline import Planning
from planner.suites import read_suite
from routing.route import Router

HERE = Path(__file__).parent
POLICY = HERE.parents[1] / "manifests" / "risk-policy.yaml"


FIRST, HARDER, OTHERS, LATER, TICKETS, TOLD = "o001", "o414", "o486", "o558", "o654", "o714"
USUAL, ANEW = "o814", "p001"
STEPS, TICKETS_ANEW = "s001", "v001"
"""Where each part of the set begins. The second is harder on purpose: terse, chatty or clumsy English of trades that
nobody had in mind; in one sum with the first it would hide what the first can no longer do. The third and the fourth were
written and labelled by somebody who knew no rule, the fourth when the rules had been mended for the third. Of the tickets all are
held. The next part tells what is wanted more often than it orders it. The two after it are usual requests again, by two people who
knew no rule; of the second all are held. Then come requests of one or two steps, half of which wait for a yes, and the look-alikes of
these; and at last usual requests once more, all held.
"""
ENDS = {
    FIRST: HARDER, HARDER: OTHERS, OTHERS: LATER, LATER: TICKETS, TICKETS: TOLD, TOLD: USUAL, USUAL: ANEW, ANEW: STEPS,
    STEPS: TICKETS_ANEW, TICKETS_ANEW: "w",
}  # fmt: skip
WHOLLY_HELD = {TICKETS, ANEW, TICKETS_ANEW}
PARTS = [
    (split, part)
    for split in ("dev", "held")
    for part in ENDS
    if not (split == "dev" and part in WHOLLY_HELD)
]


@cache
def planned() -> Planning:
    manifest = Manifest.model_validate_json((HERE / "agents.json").read_text("utf-8"))
    return Planning(manifest, Router(manifest), Policy.load(POLICY).guarding(manifest))


@cache
def scores(split: str, part: str) -> Scores:
    planning = planned()
    cases = read_suite((HERE / "requests.jsonl").read_text("utf-8"), split=split)
    held = [case for case in cases if part <= case.id < ENDS[part]]
    assert held, f"no case of {split} begins at {part}"
    return score(run(planning.plan_by_rules, held))


@pytest.mark.parametrize(("split", "part"), PARTS)
def test_every_request_gives_a_valid_plan_that_covers_it_exactly(split: str, part: str) -> None:
    assert (scores(split, part).valid_rate, scores(split, part).exact_cover_rate) == (100.0, 100.0)


@pytest.mark.parametrize(
    ("split", "part", "agents", "precedence"),
    [
        ("dev", FIRST, 88.0, 70.0),
        ("held", FIRST, 80.5, 59.0),
        ("dev", HARDER, 74.0, 35.5),
        ("held", HARDER, 70.0, 42.0),
        ("dev", OTHERS, 88.0, 76.0),
        ("held", OTHERS, 92.0, 78.0),
        ("dev", LATER, 89.0, 75.5),
        ("held", LATER, 72.0, 58.0),
        ("held", TICKETS, 80.5, 61.5),
        ("dev", TOLD, 83.5, 69.5),
        ("held", TOLD, 70.0, 54.0),
        ("dev", USUAL, 96.5, 93.0),
        ("held", USUAL, 85.0, 64.0),
        ("held", ANEW, 87.5, 75.5),
        ("dev", STEPS, 92.5, 81.5),
        ("held", STEPS, 86.0, 63.5),
        ("held", TICKETS_ANEW, 90.0, 80.0),
    ],
)
def test_plans_are_no_worse_than_they_were_measured_to_be(
    split: str, part: str, agents: float, precedence: float
) -> None:
    assert scores(split, part).agent_f1 >= agents
    assert scores(split, part).precedence_f1 >= precedence


@pytest.mark.parametrize(
    ("split", "part", "precision", "recall"),
    [
        ("dev", FIRST, 83.0, 88.0),
        ("held", FIRST, 66.0, 82.0),
        ("dev", HARDER, 67.5, 76.0),
        ("held", HARDER, 60.0, 65.0),
        ("dev", OTHERS, 84.0, 88.0),
        ("held", OTHERS, 84.0, 82.0),
        ("dev", LATER, 87.5, 85.0),
        ("held", LATER, 60.0, 60.0),
        ("held", TICKETS, 75.0, 85.0),
        ("dev", TOLD, 79.0, 77.0),
        ("held", TOLD, 52.0, 43.0),
        ("dev", USUAL, 88.0, 93.0),
        ("held", USUAL, 66.0, 76.0),
        ("held", ANEW, 68.5, 79.0),
        ("dev", STEPS, 87.5, 90.0),
        ("held", STEPS, 85.0, 81.5),
        ("held", TICKETS_ANEW, 82.0, 90.0),
    ],
)
def test_gates_stand_where_people_expect_them(split: str, part: str, precision: float, recall: float) -> None:
    assert scores(split, part).gate_precision >= precision
    assert scores(split, part).gate_recall >= recall


def test_no_phrase_is_rated_too_low_by_the_plan_that_comes_of_it() -> None:
    planning = planned()
    phrases = read_phrases((HERE / "risk.jsonl").read_text("utf-8").splitlines())
    found = missed(lambda request: planning.plan_by_rules(request).verdict.level, phrases)
    assert [miss for miss in found if miss.under] == []
    assert len(found) <= 0.05 * len(phrases)
