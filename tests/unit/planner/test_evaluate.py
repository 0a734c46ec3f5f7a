"""Scoring: what counts as a hit, what costs nothing, and how suites are read."""

import json

import pytest

from domain.errors import InvalidInputError
from planner.evaluate import Outcome, agents_of, gates_of, precedence_of, run, score
from planner.suites import manifest_of_tools, past_plan, read_suite
from tests.kit.planning import planning


def case(
    subtasks: list[tuple[str, str, bool]],
    edges: list[list[str]],
    gates: list[str],
    text: str,
    title: str = "Ship it",
) -> str:
    listed = [{"key": key, "agent": agent, "implied": implied} for key, agent, implied in subtasks]
    expect = {"subtasks": listed, "edges": edges, "gates": gates}
    return json.dumps({"id": "c1", "split": "dev", "title": title, "description": text, "expect": expect})


def outcome(line: str) -> Outcome:
    return run(planning().plan_by_rules, read_suite(line))[0]


FIX = "Fix the login handler, then deploy the fix to production."


def test_an_expected_implied_subtask_is_optional_and_a_produced_one_costs_nothing() -> None:
    with_review = outcome(
        case([("f", "backend", False), ("d", "release", False), ("r", "reviewer", True)], [], [], FIX)
    )
    without = outcome(case([("f", "backend", False), ("d", "release", False)], [], [], FIX))

    assert tuple(agents_of(with_review)) == (2, 2, 2)
    assert tuple(agents_of(without)) == (2, 2, 2)


def test_precedence_is_counted_over_the_closure_and_through_implied_work() -> None:
    line = case(
        [("f", "backend", False), ("r", "reviewer", True), ("d", "release", False)],
        [["f", "r"], ["r", "d"]],
        [],
        FIX,
    )

    assert tuple(precedence_of(outcome(line))) == (1, 1, 1)


def test_gates_are_those_of_the_subtasks_themselves() -> None:
    line = case([("f", "backend", False), ("d", "release", False)], [["f", "d"]], ["d"], FIX)

    assert tuple(gates_of(outcome(line))) == (1, 1, 1)


def test_a_plan_that_does_not_come_out_scores_nothing() -> None:
    found = outcome(case([("f", "backend", False)], [], [], FIX))._replace(plan=None)
    scores = score([found])

    assert (scores.agent_f1, scores.valid_rate) == (0.0, 0.0)


def test_an_empty_expectation_met_by_an_empty_plan_is_whole() -> None:
    scores = score([outcome(case([], [], [], "", "What does it do?"))])

    assert (scores.agent_f1, scores.valid_rate, scores.exact_cover_rate) == (100.0, 100.0, 100.0)


def test_tool_suites_and_tool_lists_are_read() -> None:
    tools = json.dumps(
        {
            "nodes": [
                {"id": "Image Search (by Image)", "desc": "Finds similar images", "input-type": ["image"]}
            ]
        }
    )
    line = json.dumps(
        {
            "id": "7",
            "user_request": "Find similar images",
            "task_steps": ["Search by image"],
            "task_nodes": [{"task": "Image Search (by Image)"}],
            "task_links": [],
        }
    )
    manifest = manifest_of_tools(tools)
    (read,) = read_suite(line)

    assert manifest.agents[0].id == read.expected.agents[0] == "Image-Search-by-Image"
    assert manifest.agents[0].skills[0].input_modes == ("image",)
    assert past_plan(read, "m").steps[0].text == "Search by image"


def test_a_line_that_cannot_be_read_is_named() -> None:
    with pytest.raises(InvalidInputError, match="line 2 of the suite"):
        read_suite('{"id": 1, "user_request": "x", "task_nodes": [], "task_links": []}\n{"no": "case"}')
