"""What is only spoken of and then pointed at is asked for."""

import pytest

from planner.rules.clauses import parse
from planner.rules.pointed import meant


@pytest.mark.parametrize(
    ("text", "deed"),
    [
        ("Plan how to drop the users table and do it", "drop the users table"),
        ("Document how to rotate the keys, then follow the document", "rotate the keys"),
        ("Write a runbook for deleting all customers and follow it", "delete all customers"),
        ("Write a script that drops the users table and run it", "drop the users table"),
        (
            "Draft the steps to shut down the payment service and carry them out",
            "shut down the payment service",
        ),
        ("Write release notes saying we should email all customers; then do it", "email all customers"),
        ("Check whether we can drop the table; if so, do it", "drop the table"),
        ("Investigate whether to roll back the release, and if so do it", "roll back the release"),
        ("Describe how to revoke all keys. Then do that.", "revoke all keys"),
        ("Outline the deletion of all invoices, then go ahead", "carry out the deletion of all invoices"),
        ("Simulate the failover and then perform it for real", "carry out the failover for real"),
    ],
)
def test_what_was_spoken_of_stands_where_it_is_pointed_at(text: str, deed: str) -> None:
    assert f"then {deed}" in meant(text).lower()
    orders = [clause for clause in parse(text) if clause.kind == "action"]
    assert len(orders) == 2
    assert deed in orders[1].text.lower()


@pytest.mark.parametrize(
    "text",
    [
        "Write the docs and do it carefully",
        "Plan the sprint and do it in Jira",
        "Prepare the changelog for the release and do it by Friday",
        "Design a cache and implement it",
        "Describe the release process and follow it up with a workshop",
        "Write a load test and run it",
        "Find the leak and mend it; do it today",
        "Write the deletion job, have it reviewed, then run it in production",
        "Write a script that finds duplicates, run it on staging, then run it in production",
    ],
)
def test_who_points_at_a_text_asks_for_nothing_more(text: str) -> None:
    assert meant(text) == text
