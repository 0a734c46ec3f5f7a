"""Which plans a yes in advance stands for."""

from typing import Any

import pytest

from approvals.kind import kind_of
from domain.agent import McpToolEndpoint
from domain.plan import Plan
from domain.verdict import RuleHit
from tests.kit.plans import gated, node, plan


def risky(task: str, *, text: str = "deploy it", environment: str = "production") -> Plan:
    drawn = gated(plan(task, {"a": "", "b": "a"}), "b")
    hit = RuleHit(
        rule="release",
        level="high",
        why="deploys",
        subtask_id=node(task, "b"),
        facts={"verb": "deploy", "environment": environment, "text": text},
        would_be_lower_if="it went elsewhere",
    )
    return drawn.model_copy(update={"verdict": drawn.verdict.model_copy(update={"hits": (hit,)})})


def changed(place: int, **to: Any) -> Plan:
    drawn = risky("t1")
    subtasks = list(drawn.subtasks)
    subtasks[place] = subtasks[place].model_copy(update=to)
    return drawn.model_copy(update={"subtasks": tuple(subtasks)})


def test_other_words_under_other_ids_are_the_same_kind() -> None:
    assert kind_of(risky("t1")) == kind_of(risky("t2", text="ship it"))
    assert kind_of(risky("t1")) == kind_of(changed(0, title="other", objective="words"))


@pytest.mark.parametrize(
    "other",
    [
        changed(0, agent="somebody"),
        changed(1, endpoint=McpToolEndpoint(kind="mcp-tool", server="house", tool="raze")),
        changed(
            1, endpoint=McpToolEndpoint(kind="mcp-tool", server="house", tool="work", arguments={"all": True})
        ),
        changed(0, effect="destructive"),
        changed(0, idempotent=False),
        changed(0, risk="medium"),
        changed(0, environment="staging"),
        risky("t1", environment="staging"),
        risky("t1").model_copy(update={"policy_version": "another"}),
        risky("t1").model_copy(update={"manifest_version": "another"}),
        plan("t1", {"a": "", "b": "a"}),
        gated(plan("t1", {"a": "", "b": "a", "c": ""}), "b"),
    ],
)
def test_another_agent_tool_effect_fact_or_part_is_another_kind(other: Plan) -> None:
    assert kind_of(other) != kind_of(risky("t1"))
