"""What the page of an approval says of each step."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from agent.api.pages.seen import seen
from approvals.gate import open_approval
from approvals.seal import seal
from domain.ids import ApprovalId
from tests.unit.planner.test_amend import NOTES, planned

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (NOTES, "in production"),
        (NOTES.replace(" to production", ""), "no place is named: production"),
        (
            f"{NOTES.replace('production', 'staging')}, then drop the customer database in production",
            "in staging",
        ),
    ],
)
def test_whoever_approves_a_step_is_told_where_it_acts(words: str, told: str) -> None:
    plan = planned(words)
    opened = open_approval(plan, seal(plan).plan_hash, None, now=NOW, approval_id=ApprovalId(UUID(int=7)))
    assert opened is not None
    rows = seen(opened.approval, "title", plan, now=NOW).rows
    by_agent = {row.step.agent: row.place for row in rows}
    assert (by_agent["publisher"], by_agent["git-history"]) == (told, "")
    old = plan.model_copy(
        update={"subtasks": tuple(s.model_copy(update={"environment": None}) for s in plan.subtasks)}
    )
    assert {row.place for row in seen(opened.approval, "title", old, now=NOW).rows} == {""}
