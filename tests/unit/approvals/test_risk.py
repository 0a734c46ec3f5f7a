"""Phrases as people write them, each with the levels that would be right for it."""

import json
from pathlib import Path

import pytest

from approvals.policy import Policy
from approvals.risk import missed, read_cases, score
from domain.errors import InvalidInputError
from domain.request import Request

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.load(ROOT / "manifests" / "risk-policy.yaml")


def lines(name: str, split: str) -> list[str]:
    every = (GOLDEN / name).read_text("utf-8").splitlines()
    return [line for line in every if json.loads(line)["split"] == split]


@pytest.mark.parametrize(
    ("name", "split"), [("risk.jsonl", "dev"), ("risk.jsonl", "held"), ("risk-seen.jsonl", "dev")]
)
def test_hardly_a_phrase_is_rated_too_low_and_few_too_high(policy: Policy, name: str, split: str) -> None:
    cases = read_cases(lines(name, split))
    figures = score(policy.rate, cases)
    assert figures.under_rated <= 0.002 * figures.n, [m for m in missed(policy.rate, cases) if m.under]
    assert figures.over_rated <= 0.05 * figures.n
    assert figures.n == figures.under_rated + figures.over_rated + figures.exact_or_within


@pytest.mark.parametrize(("split", "under", "over"), [("dev", 0, 7), ("held", 7, 14)])
def test_phrases_of_somebody_who_knew_no_rule_are_rated_no_worse_than_they_were(
    policy: Policy, split: str, under: int, over: int
) -> None:
    figures = score(policy.rate, read_cases(lines("risk-fresh.jsonl", split)))
    assert figures.n in {421, 357}
    assert (figures.under_rated <= under, figures.over_rated <= over) == (True, True), figures


@pytest.mark.parametrize(
    ("text", "level"),
    [
        # duties, whoever has them
        ("The expired coupons are to be frobbed by tonight", "high"),
        ("The dormant accounts are to be closed by Monday", "high"),
        ("The invoices should be executed tomorrow", "high"),
        ("The guide must be written by Friday", "low"),
        ("Please could the branch be rolled out to staging", "medium"),
        # what machines are let do is done, what users are let do is a feature
        ("Let Jenkins ship it to the customers", "high"),
        ("Let the old certificates expire", "high"),
        ("Let users delete their own comments", "low"),
        # an order behind its occasion
        ("For the trade fair switch the login off on the admin panel", "high"),
        # where an act takes effect
        ("Roll staging back to Monday's build", "medium"),
        ("The migration that we tried on staging shall be executed", "high"),
        ("Copy the live orders table to my laptop", "high"),
        # how a thing is to be that is made
        ("Add a small cluster via Terraform, own VPC, off at night", "medium"),
        # a guard that is made weaker, however it is put
        ("Unhook the rate limiter from the public API", "high"),
        ("Neuter the captcha on the signup form", "high"),
        ("Loosen the content filter", "high"),
        # a guard that only looks on
        ("Set the WAF to report-only", "high"),
        ("Just look at the logs, change nothing", "low"),
        # words inside other words
        ("Add a keyboard shortcut", "low"),
        ("Write a product page for the shop", "low"),
        ("Implement reproduction steps template", "low"),
        ("Fix the dropdown", "low"),
        ("Update the README address section", "low"),
        # the same words, looked at and done
        ("Read the deployment logs of last night's production release", "low"),
        ("Explain how to drop a table", "low"),
        ("Drop the table", "high"),
        ("Document the `rm -rf` pitfalls", "low"),
        ("rm -rf /srv/data", "high"),
        # what is made is looked at before it runs
        ("Write tests for the delete endpoint", "low"),
        ("Write a script that deletes all customers in production", "high"),
        ("As an admin I want to delete accounts", "medium"),
        # where
        ("Deploy the branch to staging", "medium"),
        ("Deploy the branch", "high"),
        ("Drop the customers table in prod-eu", "critical"),
        # orders that are none, or hidden
        ("Do not drop the customers table", "low"),
        ("How do I delete a namespace?", "low"),
        ("Do not forget to drop the customers table", "high"),
        ("Why not drop the customers table", "high"),
        ("The customers table should be dropped", "high"),
        ("Make sure that the customers table is dropped", "high"),
        ("Write docs, then drop the customers table", "high"),
        ("Run the deletion of the customers table", "high"),
        ("Shut the old payment service in Frankfurt down", "high"),
        ("Explain the outage and restart the database", "high"),
        # ways of writing
        ("DROP TABLE customers", "high"),
        ("D\u200brop the customers table", "high"),
        ("Dr\u043ep the customers table", "high"),
        ("Löschen Sie die Produktionsdatenbank", "critical"),
        ("LO\u0308SCHEN Sie die Produktionsdatenbank", "critical"),
        ("Supprimer la base de production", "critical"),
        ("删除生产数据库", "critical"),
        # a text that is only mentioned makes nothing safer, and what is carried on is where it was
        ("Migrate the database as the runbook says", "high"),
        ("Correct the credit notes in the database", "high"),
        ("Wipe the production cache and the database behind it", "critical"),
        ("Publish release notes for the last 8 commits to production", "high"),
        ("Write a handbook that covers users, backups and upgrades", "low"),
        # English nouns that look like verbs of other languages
        ("Rewrite the webhook sender", "low"),
        # what brings something to users or to a store
        ("Submit the build to the App Store", "high"),
        ("Turn the flag on for beta testers", "high"),
        ("Restore the previous version", "high"),
        # nothing known
        ("Yeet the prod cluster", "high"),
        ("Blorf the customers", "high"),
        ("Зюзюка мюмзики", "high"),
    ],
)
def test_what_matters_is_the_act(policy: Policy, text: str, level: str) -> None:
    assert policy.rate(Request(task_id="t", title=text)) == level


def test_a_text_without_end_is_not_waved_through(policy: Policy) -> None:
    endless = "Fix the typo. " * 500
    assert policy.rate(Request(task_id="t", title="x", description=endless)) == "high"


def test_a_bad_line_of_a_suite_is_named() -> None:
    with pytest.raises(InvalidInputError, match="line 1 of the suite: min_level"):
        read_cases(['{"id": "a", "text": "b", "min_level": "lowest", "max_level": "low"}'])
