"""Risk of words that let somebody at something, put a thing where the world fetches it, or point back with a pronoun."""

from pathlib import Path

import pytest

from approvals.policy import Policy
from domain.request import Request

POLICY = Policy.load(Path(__file__).parents[3] / "manifests" / "risk-policy.yaml")


def level(text: str) -> str:
    return POLICY.rate(Request(task_id="t", title=text))


@pytest.mark.parametrize(
    "text",
    [
        "Let the whole company see the payroll folder",
        "Let contractors clone the monorepo",
        "Put the gem on RubyGems",
        "Check whether the old tenants are gone and if not, remove them",
        "Install the new kernel on all hosts",
        "Change the payout account of the partner",
        "Enable the loyalty feature for shops in Berlin",
        "Log everybody out",
        "Clear the cache",
        "Purge all production backups older than today",
    ],
)
def test_what_reaches_what_matters_is_high_in_any_wording(text: str) -> None:
    assert level(text) in {"high", "critical"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Let QA have the new build on the test environment", "medium"),
        ("Run the load test against staging", "medium"),
        ("Raise the log level on staging", "medium"),
        ("Load the fake customers into the staging shop", "medium"),
        ("Let admins filter the list by country", "low"),
        ("Let users sign in with a code", "low"),
        ("Rename the variable production_rate in the simulator", "low"),
        ("An audit log entry for each deletion", "low"),
    ],
)
def test_what_stays_before_production_or_is_a_feature_is_less(text: str, expected: str) -> None:
    assert level(text) == expected
