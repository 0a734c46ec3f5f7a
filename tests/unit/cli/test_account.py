"""What is told of a task to somebody who was not there."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from agent.cli.draw.account import account
from agent.cli.planning import Tried, answered
from agent.cli.read import read
from agent.service.views.approval import ApprovalView
from agent.service.views.plan import RoutingPlanView
from agent.service.views.subtask import AttemptView
from agent.service.views.task import StatusChange, TaskMetrics, TaskView
from domain.approval import ApprovalStatus, Vote
from domain.subtask import Failure
from domain.task import TaskStatus
from tests.unit.cli.test_draw import DEMAND, drawn, shown

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def told(status: TaskStatus = "completed", *, asked: bool = True, **given: Any) -> str:
    tried = read(Tried, answered(*drawn(demand=DEMAND if asked else None)))
    metrics = TaskMetrics(
        elapsed_seconds=61,
        on_time=True,
        progress_percent=100,
        subtasks={},
        attempts=3,
        retries=1,
        cost_usd=0.25,
    )
    fields: dict[str, Any] = {
        "needs_review": False, "reason": None, "priority": "medium", "requester": None, "mode": "auto",
        "due_at": None, "started_at": AT, "ended_at": AT, "attempts": (), "approvals": (), "artifacts": (),
        "routing_plan": RoutingPlanView(status=status), "metrics": metrics,
        "status_history": (StatusChange(status="planning", at=AT, actor="api:ann"),),
    }  # fmt: skip
    task = TaskView(
        task_id="t", title="Release the notes", status=status, created_at=AT, plan=tried.plan,
        dependencies=tried.dependencies, **{**fields, "subtasks": tried.subtasks, **given},
    )  # fmt: skip
    return " ".join(shown(*account(task), width=400).split())


def approval(status: ApprovalStatus, *votes: Vote) -> ApprovalView:
    return ApprovalView(
        approval_id=UUID(int=1), code="KM4QX7PA", task_id="t", revision=1, plan_hash="a" * 64, level="high",
        status=status, roles=DEMAND.roles, required=1, four_eyes=True, justification=False, scope="plan",
        requester=None, subtask_ids=(), requested_at=AT, expires_at=AT + timedelta(hours=1), decided_at=None,
        votes=votes,
    )  # fmt: skip


def yes(**given: Any) -> Vote:
    return Vote(approver="bob", role="tech_lead", answer="approve", at=AT, **given)


@pytest.mark.parametrize(
    ("vote", "words"),
    [
        (yes(unauthenticated=False, hash_unseen=False), "bob said yes as tech_lead What happened"),
        (
            yes(unauthenticated=True, hash_unseen=False),
            "tech_lead · who that is was claimed, not proven What",
        ),
        (yes(unauthenticated=False), "tech_lead · without saying which plan they saw"),
        (yes(means="delegation", on_behalf_of="cleo", reason="fine"), "as tech_lead, lent by cleo: fine"),
        (yes(means="preapproval"), "as tech_lead, in advance, to plans of this kind"),
        (yes(means="break_glass", reason="outage"), "as tech_lead, breaking the glass: outage"),
    ],
)
def test_a_yes_is_told_with_all_that_it_was_worth(vote: Vote, words: str) -> None:
    text = told(approvals=(approval("approved", vote),))
    assert "KM4QX7PA for plan aaaaaaaaaaaa, revision 1: approved" in text
    assert words in text


def test_where_nobody_was_asked_that_is_said_and_why() -> None:
    assert "Nobody had to: risk high, and the policy asks nobody then." in told(asked=False)


def test_silence_is_told_as_what_it_is() -> None:
    assert "expired: nobody decided in time" in told("expired", approvals=(approval("expired"),))


def test_who_sent_it_has_asked_unless_the_request_names_another() -> None:
    assert "asked 2026-03-01" in told()
    assert " by ann" in told()
    assert " by dora" in told(requester="dora")


def test_the_bill_says_what_was_spent_in_time_and_in_money() -> None:
    text = told()
    assert "time 1 min 1 s" in text
    assert "$0.25 for 3 attempts, 1 of them again" in text


def test_what_failed_is_told_with_when_and_why() -> None:
    tried = read(Tried, answered(*drawn()))
    failure = Failure(code="TOOL", message="the disk is full")
    first = tried.subtasks[0].model_copy(update={"state": "failed", "error": failure})
    attempt = AttemptView(
        subtask_id=first.subtask_id, number=1, agent="collector", state="failed", started_at=AT,
        ended_at=AT + timedelta(seconds=2), error=failure, cost_usd=0,
    )  # fmt: skip
    text = told("failed", subtasks=(first, *tried.subtasks[1:]), attempts=(attempt,))
    assert "failed in 2.00 s" in text
    assert "the disk is full" in text
