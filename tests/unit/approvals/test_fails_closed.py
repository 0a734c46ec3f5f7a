"""Wordings that nobody listed: where what is said may be more than work on a text, somebody is asked."""

from pathlib import Path

import pytest

from approvals.policy import Policy
from domain.request import Request

POLICY = Policy.load(Path(__file__).parents[3] / "manifests" / "risk-policy.yaml")

WAITS = [
    "Cut the beta testers loose on the paid plan",
    "Turn the paywall on",
    "Put the old data centre to rest",
    "Trim the audit trail down to ninety days",
    "Bump the max connections on the primary",
    "Sign the order form with Datadog",
    "Accept the quote of the roofing company",
    "Let everyone log in without a password for a week",
    "No more password checks on the kiosk accounts",
    "Drop the requirement for VPN when working from home",
    "The interns should have shell access on the web nodes",
    "Unlock the account of the suspended trader",
    "Bring the reworked search to all shoppers",
    "Take the feature out of beta",
    "Charge the backlog of unpaid invoices again",
    "Fix the wrong totals in the invoices table",
    "Invite an outside tester to the production tenant",
    "Mail the invoice reminders to all debtors",
    "Frobnicating of gizmos",
    "Set Kofi up with sudo on the build machines",
    "Stop scanning uploads for malware",
    "Take the maintenance page live",
    "We need the new banner live before noon",
    "Could you please wipe the tablets of the field team?",
    "Offload the support tickets to the outsourcing partner",
    "Run the SEPA batch",
    "Let's go live",
    "Open the internal wiki to the public",
    "Get the web tier back onto last week's image",
    "Allow weak ciphers again",
    "Mark all open claims as settled",
    "Run the clean-up script",
    "Execute the rollback plan",
    "Write a script that merges tenants, and run it",
    "Run it",
    "Run the audit script that deletes all users",
    "Run the check script which drops stale tables",
    "Apply",
    "Write the plan and execute it",
    "Get the fix out",
]
GOES_ON = [
    "Write a benchmark for the parser and run it",
    "Run the load test script",
    "Run the migration script on staging",
    "Get the old stylesheet out of the bundle",
    "Write a guide on how to rotate the signing keys",
    "Update the glossary entry for blue-green deployment",
    "Code review for the account removal branch",
    "Remove dead code around the old firewall module",
    "Wipe my local Docker volumes",
    "Try the migration on a copy of the database",
    "Rotate the keys of the development sandbox",
    "Implement login without a password",
    "Write down the steps of yesterday's production rollback",
    "Let users choose their own avatar",
    "Cut the README in half",
    "Wipe the QA database",
    "Try the new firewall rules in the lab",
    "Write a short history of the project",
    "Raise the test coverage to 90 percent",
    "Was passiert, wenn wir die Tabelle löschen?",
    "Recreate the test database",
]
DESTROYS_PRODUCTION = [
    "Kill the production database for good, snapshots included",
    "Purge the production event log irrevocably",
    "Format the disks of the live database servers",
]


def level(text: str) -> str:
    return POLICY.rate(Request(task_id="t", title=text))


@pytest.mark.parametrize("text", WAITS)
def test_what_may_reach_others_waits_in_words_that_nobody_listed(text: str) -> None:
    assert level(text) in {"high", "critical"}


@pytest.mark.parametrize("text", GOES_ON)
def test_what_is_only_written_looked_at_or_done_apart_goes_on(text: str) -> None:
    assert level(text) in {"low", "medium"}


@pytest.mark.parametrize("text", DESTROYS_PRODUCTION)
def test_what_is_ended_for_good_in_production_is_critical(text: str) -> None:
    assert level(text) == "critical"
