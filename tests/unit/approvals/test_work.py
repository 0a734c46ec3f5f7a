"""What a subtask was planned as says what its words are about: rows, releases, doors, machines, or texts."""

from pathlib import Path

import pytest

from approvals.policy import Policy
from domain.clause import Clause
from domain.ids import SubtaskId
from domain.plan import Subtask
from domain.request import Request

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.load(ROOT / "manifests" / "risk-policy.yaml")


def gated(policy: Policy, text: str, *tags: str, behaves: bool = False) -> bool:
    subtask = Subtask(
        subtask_id=SubtaskId("s"),
        ordinal=0,
        title=text[:120],
        objective=text,
        clauses=(Clause(text=text),),
        effect="write",
        required_tags=tags,
        behaves=behaves,
    )
    judged = policy.judge(Request.model_validate({"task_id": "t", "title": "work"}), [subtask])
    return bool(judged.verdict.gated)


@pytest.mark.parametrize(
    "text",
    [
        "Add a nullable locale column to the customers table",
        "Rename the column cust_id to customer_id in orders",
        "Convert the timestamps to UTC",
        "Make the email column unique",
        "Extend the orders table with a tracking number",
        "Fill them from the existing name column",
        "Purge test accounts",
        "Archive closed tickets",
        "Partition it by year",
    ],
)
def test_work_on_data_that_is_kept_waits_for_a_yes_whatever_the_data_is_called(
    policy: Policy, text: str
) -> None:
    assert gated(policy, text, "database")


@pytest.mark.parametrize(
    "text",
    [
        "Add a table for coupons",
        "Create the tables for workspaces and memberships",
        "Store the attempts in a new table",
        "Design the target tables",
        "Write a query that finds them",
        "Tune the slow report query",
        "Find duplicate customers",
        "Back up the database",
        "Rename the column cust_id to customer_id on staging",
    ],
)
def test_a_new_place_for_data_and_looking_at_data_wait_for_nobody(policy: Policy, text: str) -> None:
    assert not gated(policy, text, "database")


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Go back to the previous version", "release"),
        ("Start the beta with 50 customers", "release"),
        ("Open it to all tenants", "release"),
        ("Get the new onboarding flow live", "deploy"),
        ("Get it to production today", "release"),
        ("Get the fix to production before Friday", "release"),
        ("Issue a new key", "security"),
        ("Require MFA for all admins", "security"),
        ("Lock the accounts of former employees", "security"),
        ("Apply the Terraform changes", "terraform"),
        ("Delete logs older than 30 days", "infrastructure"),
        ("Remove the v1 endpoints", "api"),
        ("Turn the old endpoint off in June", "api"),
        ("Drop support for API version 1", "api"),
    ],
)
def test_what_people_get_and_who_gets_in_waits_for_a_yes(policy: Policy, text: str, tag: str) -> None:
    assert gated(policy, text, tag)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Create the release branch", "release"),
        ("Write the release notes", "release"),
        ("Prepare the release", "release"),
        ("Roll out to staging", "release"),
        ("Delete the flag", "release"),
        ("Remove the third-party scripts", "security"),
        ("Scan the dependencies", "security"),
        ("Write the Terraform module", "terraform"),
        ("Provision a Redis cluster", "terraform"),
        ("Zip it", "backend"),
        ("Quarantine them automatically", "ci"),
        ("Find out how the broken build got to production", "ci"),
    ],
)
def test_what_only_gets_ready_waits_for_nobody(policy: Policy, text: str, tag: str) -> None:
    assert not gated(policy, text, tag)


@pytest.mark.parametrize(
    "text",
    [
        "Build a pipeline that deploys to production on every tag",
        "Add a workflow that builds the image and can deploy it to production after an approval",
        "Add a workflow that builds the image and deploys it to production",
    ],
)
def test_a_pipeline_that_is_written_waits_when_it_runs(policy: Policy, text: str) -> None:
    assert not gated(policy, text, "ci")
    assert gated(policy, "Deploy it to production", "ci")


def test_a_wish_behind_what_is_made_is_a_wish(policy: Policy) -> None:
    assert gated(policy, "Add a page that lists the orders, and can you drop the customers table", "api")


def test_no_kind_of_work_makes_words_safer_that_name_harm(policy: Policy) -> None:
    harms = ("Drop the customers table", "Rotate the signing keys", "Deploy", "Refund all customers")
    trades = ("api", "docs", "test", "ci", "monitoring", "database", "release", "security", "terraform")
    assert [(text, tag) for text in harms for tag in trades if not gated(policy, text, tag)] == []


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Inform the affected tenants by e-mail", "release"),
        ("Flip the flag for the Swiss tenants", "release"),
        ("Toggle the kill switch", "release"),
        ("Return their money", "backend"),
        ("Give the deposit back to the tenants", "backend"),
        ("Reissue the refunds that failed", "backend"),
        ("Install the agent on the load balancers", "infra"),
        ("Bring them back into service", "infra"),
        ("Take the old server off the network", "infra"),
        ("Close the bucket to outside callers", "infra"),
        ("Take away their admin rights", "security"),
        ("Unblock the users who were locked out by mistake", "security"),
        ("Make the second factor mandatory for all merchants", "security"),
    ],
)
def test_what_customers_hear_get_and_lose_waits_for_a_yes(policy: Policy, text: str, tag: str) -> None:
    assert gated(policy, text, tag)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Practise the rollback there", "release"),
        ("Rehearse the rollout", "release"),
        ("Write the what's-new text", "release"),
        ("Pull the list of accounts that were affected", "sql"),
        ("Run the query", "sql"),
        ("Retune the noisy alerts", "monitoring"),
        ("Install the operator on staging", "infra"),
    ],
)
def test_trying_reading_and_writing_wait_for_nobody(policy: Policy, text: str, tag: str) -> None:
    assert not gated(policy, text, tag)


def test_a_verb_that_only_the_parse_understood_is_judged_too(policy: Policy) -> None:
    meant = Clause(text="Have the tenants in the picture", verb="notify", object="the tenants")
    subtask = Subtask(
        subtask_id=SubtaskId("s"),
        ordinal=0,
        title=meant.text,
        objective=meant.text,
        clauses=(meant,),
        effect="write",
        required_tags=("release",),
    )
    judged = policy.judge(Request.model_validate({"task_id": "t", "title": "work"}), [subtask])
    assert judged.verdict.gated == ("s",)
    assert not gated(policy, meant.text, "release")


@pytest.mark.parametrize(
    "text",
    ["Send those to the partners again", "Resend the lost messages", "Replay the events of last night"],
)
def test_what_reached_others_goes_out_again_only_after_a_yes(policy: Policy, text: str) -> None:
    assert gated(policy, text, "api")
