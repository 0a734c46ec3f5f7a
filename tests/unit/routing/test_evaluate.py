"""Routing measured on phrases whose agent is known."""

import json
from pathlib import Path

import pytest

from domain.agent import Manifest
from domain.errors import InvalidInputError
from routing.evaluate import evaluate
from routing.route import Router
from routing.suite import read_cases

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture(scope="module")
def router() -> Router:
    return Router(Manifest.model_validate_json((GOLDEN / "agents.json").read_text("utf-8")))


def lines(split: str) -> list[str]:
    every = (GOLDEN / "route.jsonl").read_text("utf-8").splitlines()
    return [line for line in every if json.loads(line)["split"] == split]


@pytest.mark.parametrize("split", ["dev", "held"])
def test_phrases_find_their_agent(router: Router, split: str) -> None:
    figures = evaluate(router, read_cases(lines(split)))
    assert figures.top1 >= 75
    assert figures.top3 >= 90
    assert figures.top1_at_80pct_coverage >= figures.top1


def test_every_suite_format_is_read() -> None:
    cases = read_cases(
        [
            '{"text": "paint", "agent": "painter"}',
            '{"title": "Paint", "expect": {"subtasks": [{"agent": "painter"}, {"agent": "x", "implied": true}]}}',
            '{"user_request": "both", "task_steps": ["a", "b"], "task_nodes": [{"task": "A"}, {"task": "B"}]}',
            '{"user_request": "one", "task_steps": [], "task_nodes": [{"task": "A"}]}',
            "",
        ]
    )
    assert [(case.text, set(case.agents)) for case in cases] == [
        ("paint", {"painter"}),
        ("Paint. ", {"painter"}),
        ("a", {"A"}),
        ("b", {"B"}),
        ("one", {"A"}),
    ]


def test_a_line_of_no_known_format_is_named() -> None:
    with pytest.raises(InvalidInputError, match="line 2"):
        read_cases(['{"text": "paint", "agent": "painter"}', '{"nothing": 1}'])


def test_figures_of_an_empty_suite_are_nothing(router: Router) -> None:
    assert evaluate(router, []).n == 0
