"""Unit tests for policies: cases that hold, cases that do not, and facts that only floors look at."""

from functools import cache

import pytest

from approvals.cases import Answer, read_cases, tried
from approvals.policy import Policy
from domain.agent import Agent, HttpEndpoint, Manifest, McpToolEndpoint, ProcessEndpoint, Skill
from domain.errors import PolicyError
from domain.ids import SubtaskId
from domain.plan import Subtask
from domain.request import Request
from tests.kit.command import ROOT

SHIPPED = (ROOT / "manifests" / "risk-policy.yaml").read_text()
FLOORS = """
  - rule: cannot-be-undone
    when: {reversible: false}
    level: high
    why: its tool's effect ({effect}) cannot be undone
    would_be_lower_if: it could be undone
  - rule: many-places
    when: {places_over: 1}
    level: critical
    why: it changes {places} places
    would_be_lower_if: it changed one
  - rule: dear
    when: {cost_p90_over: 5}
    level: critical
    why: it may cost {cost} dollars
    would_be_lower_if: it were cheaper
"""


@cache
def shipped() -> Policy:
    return Policy.parse(SHIPPED)


def answers(text: str) -> tuple[Answer, ...]:
    return tried(shipped(), read_cases(text, "cases.yaml"))


def test_a_case_holds_where_level_rules_and_scope_are_as_it_says() -> None:
    (one, two, three) = answers(
        """
cases:
  - {say: Drop the users table in production, level: critical, rules: [destroys-production], scope: plan}
  - {say: List the open issues, level: low, not_rules: [destroys-production]}
  - plan: [{say: List the open issues}, {say: Write the summary, agent_asks: high}]
    level: high
    rules: [agent-floor]
"""
    )
    assert [one.wrong, two.wrong, three.wrong] == [(), (), ()]
    assert one.hits[0].facts["environment"] == "production"


def test_a_case_that_does_not_hold_says_everything_that_is_wrong() -> None:
    (one,) = answers("cases: [{say: List the open issues, level: high, rules: [no-such], scope: plan}]")
    assert one.wrong == (
        "it is low, and should be high",
        "no-such did not fire",
        "its scope is nothing, for nobody is asked, and should be plan",
    )


def test_claims_of_the_caller_raise_and_never_lower() -> None:
    one, two = answers(
        """
cases:
  - {say: Restart the api server, claims: {environment: production}, level: high}
  - {say: Drop the users table in production, claims: {risk: low, environment: development}, level: critical}
"""
    )
    assert (one.wrong, two.wrong) == ((), ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cases: []", "cases"),
        ("cases: [{say: x}]", "level"),
        ("cases: [{level: low}]", "say"),
        ("cases: [{say: x, level: low, approved: true}]", "approved"),
        ("cases: [{say: x, say: y, level: low}]", "stands twice"),
        ("cases: {", "no YAML"),
    ],
)
def test_what_is_no_case_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        read_cases(text, "cases.yaml")


def subtask(number: int, endpoint: object, effect: str | None) -> Subtask:
    return Subtask.model_validate(
        {"subtask_id": SubtaskId(str(number)), "ordinal": number, "title": "List the open issues",
         "objective": "List the open issues", "endpoint": endpoint, "effect": effect}
    )  # fmt: skip


def rules(policy: Policy, *subtasks: Subtask) -> set[str]:
    request = Request(task_id="t", title="List the open issues")
    return {hit.rule for hit in policy.judge(request, list(subtasks)).verdict.hits}


@cache
def floored(cost: float | None) -> Policy:
    read = Policy.parse(SHIPPED.replace("\nfloors:\n", f"\nfloors:{FLOORS}", 1))
    worker = Agent(id="w", skills=(Skill(id="w"),), endpoint=ProcessEndpoint(kind="process", command="true"))
    manifest = Manifest(schema_version="1.0", agents=(worker,))
    return read.guarding(manifest, cost_p90=None if cost is None else lambda _subtasks: cost)


HOUSE, WEB = (
    McpToolEndpoint(kind="mcp-tool", server="house", tool="t"),
    HttpEndpoint(kind="http", url="https://a.example/x"),
)


def test_what_cannot_be_undone_and_how_many_places_change_are_facts() -> None:
    policy = floored(1.0)
    assert rules(policy, subtask(1, HOUSE, "read"), subtask(2, WEB, "read")) == set()
    assert "cannot-be-undone" not in rules(policy, subtask(1, HOUSE, "write"))
    assert "cannot-be-undone" in rules(policy, subtask(1, HOUSE, "destructive"))
    assert "cannot-be-undone" in rules(policy, subtask(1, HOUSE, None)), "nobody knows, so it cannot"
    assert "many-places" not in rules(policy, subtask(1, HOUSE, "write"), subtask(2, HOUSE, "write"))
    assert "many-places" in rules(policy, subtask(1, HOUSE, "write"), subtask(2, WEB, "write"))


@pytest.mark.parametrize(("cost", "fires"), [(4.0, False), (6.0, True), (None, True)])
def test_what_it_costs_is_a_fact_and_a_cost_that_nobody_knows_is_too_much(
    cost: float | None, fires: bool
) -> None:
    assert ("dear" in rules(floored(cost), subtask(1, HOUSE, "read"))) is fires


def test_a_floor_speaks_of_a_part_or_of_the_plan() -> None:
    both = FLOORS.replace("{reversible: false}", "{reversible: false, places_over: 1}")
    with pytest.raises(PolicyError, match="not of both"):
        Policy.parse(SHIPPED.replace("\nfloors:\n", f"\nfloors:{both}", 1))
