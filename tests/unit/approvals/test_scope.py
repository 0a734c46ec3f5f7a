"""When only the risky part of a plan waits, and when all of it does."""

import re
from functools import cache

from approvals.policy import Policy
from domain.clause import Clause
from domain.ids import SubtaskId
from domain.plan import Subtask
from domain.request import Request
from domain.verdict import Verdict
from tests.kit.command import ROOT

SHIPPED = (ROOT / "manifests" / "risk-policy.yaml").read_text()


@cache
def policy(*levels: str) -> Policy:
    """The shipped one, with scope `subtask` for these levels."""
    text = SHIPPED
    for level in levels:
        text, times = re.subn(
            rf"(\n  {level}:\n    approval:\n(?:      .*\n)*?      scope: )plan", r"\1subtask", text
        )
        assert times == 1
    return Policy.parse(text)


def verdict(of: Policy, *briefs: str, **metadata: object) -> Verdict:
    subtasks = [
        Subtask(
            subtask_id=SubtaskId(str(n)), ordinal=n, title=brief, objective=brief, effect="read",
            clauses=(Clause(text=brief),),
        )
        for n, brief in enumerate(briefs)
    ]  # fmt: skip
    request = Request.model_validate({"task_id": "t", "title": "test", "metadata": metadata})
    return of.judge(request, subtasks).verdict


SAFE, HIGH, CRITICAL = (
    "List the open issues",
    "Deploy the API to production",
    "Drop the users table in production",
)


def scope(found: Verdict) -> str:
    assert found.demand is not None
    return found.demand.scope


def test_a_risky_part_waits_alone_where_its_level_says_so() -> None:
    found = verdict(policy("high"), SAFE, HIGH)
    assert (found.level, scope(found), found.gated) == ("high", "subtask", ("1",))


def test_the_shipped_policy_lets_nothing_run_before_the_yes() -> None:
    assert scope(verdict(policy(), SAFE, HIGH)) == "plan"


def test_one_part_whose_level_holds_the_plan_holds_all_of_it() -> None:
    assert scope(verdict(policy("critical"), HIGH, CRITICAL)) == "plan"
    assert scope(verdict(policy("high", "critical"), HIGH, CRITICAL)) == "subtask"


def test_a_risk_that_is_no_parts_own_holds_all_of_it() -> None:
    found = verdict(policy("high", "critical"), SAFE, HIGH, risk="critical")
    assert (found.level, scope(found)) == ("critical", "plan")
