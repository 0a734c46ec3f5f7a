"""Who has done what was only spoken of asks for it, however it is put."""

from pathlib import Path

import pytest

from approvals.policy import Policy
from domain.request import Request

POLICY = Path(__file__).parents[3] / "manifests" / "risk-policy.yaml"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.load(POLICY)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Plan how to drop the users table in production and do it", "critical"),
        ("Plan how to publish the release notes to production and do it", "high"),
        ("Document how to drop the users table, then follow the document", "high"),
        ("Write a runbook for deleting all customers and follow it", "high"),
        ("Write release notes saying we should email all customers; then do it", "high"),
        ("Draft the steps to shut down the payment service and carry them out", "high"),
        ("Check whether we can drop the table; if so, do it", "high"),
        ("Outline the deletion of all invoices, then go ahead", "high"),
        ("Simulate the failover and then perform it for real", "high"),
        # where it is done may be said where it is asked for
        ("Write a script that drops the users table and run it on staging", "medium"),
        # what is spoken of does nothing, or is a test
        ("Plan how to drop the users table in production", "low"),
        ("Plan the sprint and do it in Jira", "low"),
        ("Write a test for deleting users and run it", "low"),
        ("Describe how to revoke all keys, but do not do it", "low"),
    ],
)
def test_what_is_spoken_of_and_then_asked_for_is_judged_as_an_order(
    policy: Policy, text: str, level: str
) -> None:
    assert policy.rate(Request(task_id="t", title=text)) == level
