"""Whose work it is, by what is done to what."""

import pytest

from planner.rules.clauses import read_all
from planner.rules.kinds.leanings import kind_of


def work(text: str) -> str | None:
    """The kind of work that an order asks for by its own words."""
    clause = read_all(text)[0].clause
    kind = kind_of(clause.verb, clause.object)
    return kind.concept if kind else None


@pytest.mark.parametrize(
    "text",
    [
        "Mail the 300 customers who were billed twice",
        "Write to all affected merchants and explain what happened",
        "Send the members of the trial an apology",
        "Inform the tenants concerned by e-mail",
        "Remind the subscribers who have not confirmed yet",
    ],
)
def test_a_mail_to_many_of_those_who_use_it_is_sent_by_whoever_releases(text: str) -> None:
    assert work(text) == "release"


@pytest.mark.parametrize(
    "text",
    [
        "Send a reminder mail two days before the trial ends",
        "Brief the support team by e-mail",
        "Tell sales about the change",
    ],
)
def test_a_mail_that_software_will_send_and_a_word_to_colleagues_are_not(text: str) -> None:
    assert work(text) != "release"


@pytest.mark.parametrize(
    "text",
    [
        "Give the affected guests their money back",
        "Book a credit of 10 euros for each of them",
        "Issue vouchers for the lost parcels",
        "Reverse the duplicate charges",
        "Pay the double fees back",
        "Resend the lost webhooks",
        "Reprocess the failed payments",
    ],
)
def test_money_given_back_and_messages_sent_again_are_of_those_who_keep_the_services(text: str) -> None:
    assert work(text) == "backend"


@pytest.mark.parametrize(
    "text",
    [
        "Flip the flag for the Swiss tenants",
        "Pilot it in two stores",
        "Begin the phased rollout at 5 %",
        "Widen the rollout to half of the fleet",
        "Shift all traffic to the new version",
        "Offer it to partners",
        "Submit the app to the App Store",
        "Get the fix out to customers",
        "Bring it onto production tonight",
        "Write the what's-new text",
    ],
)
def test_what_users_get_is_of_those_who_release(text: str) -> None:
    assert work(text) == "release"


@pytest.mark.parametrize(
    "text",
    [
        "Publish @acme/tokens to npm",
        "Push the chart to the public chart repository",
        "Upload the wheel to PyPI",
        "Release the SDK on NuGet",
        "Let the pipeline refuse deployments on Fridays",
        "Sign the binaries",
    ],
)
def test_packages_for_others_to_fetch_come_out_of_pipelines(text: str) -> None:
    assert work(text) == "cicd"


@pytest.mark.parametrize(
    "text",
    [
        "Drain the nodes in zone A",
        "Take node 7 out of service",
        "Bring the hosts back into service",
        "Point tickets.example.com at the new load balancer",
        "Lower the TTL of the DNS records",
        "Raise the rate limits on the gateway",
        "Restore the bucket from the snapshot",
        "Dismantle the old VPN concentrator",
        "Put the WAF into blocking mode",
    ],
)
def test_machines_names_and_networks_are_of_those_who_run_them(text: str) -> None:
    assert work(text) == "infra"


@pytest.mark.parametrize(
    "text",
    [
        "Replace every key that could write to the bucket",
        "Withdraw the client certificates",
        "Order the new certificate",
        "Disable all accounts of the agency in the identity provider",
        "Unblock the users who were locked out by mistake",
        "Triage the findings of the scan",
        "List the repositories they could write to",
    ],
)
def test_keys_accounts_and_findings_are_of_those_who_guard(text: str) -> None:
    assert work(text) == "security"


@pytest.mark.parametrize(
    "text",
    [
        "Overwrite the names and addresses of the older applicants",
        "Recompute their rows in the statements table",
        "Give the members their status back",
        "Fail the database over to the standby",
        "Pull the list of accounts that were affected",
        "Hand over a spreadsheet",
    ],
)
def test_rows_and_what_is_read_out_of_them_are_of_those_who_keep_the_data(text: str) -> None:
    assert work(text) == "database"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Keep an eye on the acceptance rate", "monitoring"),
        ("Set up a graph of the downloads", "monitoring"),
        ("Retune the noisy alerts", "monitoring"),
        ("Run the game day on Friday", "monitoring"),
        ("Restart the stuck workers one at a time", "diagnosis"),
        ("Put the findings into the wiki", "docs"),
        ("Bring the network diagram up to date", "docs"),
        ("Write down in the checklist how long it took", "docs"),
        ("Check that existing sessions survive it", "qa"),
        ("Build the locker picker", "frontend"),
        ("Mask card numbers in the log output", "backend"),
    ],
)
def test_watching_writing_down_trying_and_showing_each_have_their_own(text: str, expected: str) -> None:
    assert work(text) == expected


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Double the number of ingest workers", "infra"),
        ("Move the cron host to the Frankfurt region", "infra"),
        ("Buy 8 A100 nodes on the one-year plan", "infra"),
        ("Rotate the nodes of the cluster to the new image", "infra"),
        ("Block 203.0.113.0/24 at the edge", "infra"),
        ("Move the e2e suite from the PR workflow into a nightly one", "cicd"),
        ("Unlock the new dashboard for all partners", "release"),
        ("Hand the beta build out to the 40 testers", "release"),
        ("Pay the 12 waiting customers back by hand", "backend"),
        ("Rehearse the conversion on the anonymised copy", "database"),
        ("Free up the seats that are blocked in the live data", "database"),
        ("Correct the 37 negative gift cards", "database"),
        ("Look whether other leavers still have access", "security"),
        ("Split the test suite into four parallel jobs", "cicd"),
        ("Move the development databases onto smaller instances", "infra"),
        ("Add readiness probes to the deployment manifests", "infra"),
        ("Delete log files older than 30 days", "infra"),
        ("Find out which customers' data was exposed", "security"),
        ("Review the IAM roles for excessive permissions", "security"),
        ("Verify that no personal data ends up in the logs", "security"),
        ("Validate the IBAN when a bank account is added", "backend"),
        ("Update all dependencies with known vulnerabilities", "backend"),
        ("Cache the categories in Redis", "backend"),
        ("Check what is blocking the workers", "diagnosis"),
        ("Ship the logs to the central store", "monitoring"),
        ("Summarise the pros and cons of GraphQL", "research"),
        ("Write a script that corrects them", "database"),
    ],
)
def test_what_is_done_to_it_says_whose_work_it_is(text: str, who: str) -> None:
    assert work(text) == who


@pytest.mark.parametrize(
    "text",
    [
        "Open the e-prescription flow to the rest",
        "Widen the exposure to half of all listeners",
        "Hand the new timetable to the public",
        "Sunset API v1 for partners",
        "Put the firmware 2.8 package onto the fleet",
        "Hide the gift-card tile from users",
        "Continue the wave from 20% to 100%",
        "Drop the beta wall",
        "Go back to 7.3.1",
        "Increase the share of users on the new editor to 100%",
        "Route half of the checkout requests to the new provider",
        "Disable the payout feature for all merchants",
        "Disable the payment route for Norway",
        "Bring the page back for everyone",
    ],
)
def test_whoever_releases_says_who_sees_what_and_who_no_longer_does(text: str) -> None:
    assert work(text) == "release"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Give the new layout to ten percent of visitors", "release"),
        ("Bring v3 to all regions", "release"),
        ("Complete the migration of customers to the new app", "release"),
        ("Publish the new storefront", "release"),
        ("Prepare the change request for the change advisory board", "release"),
        ("Get the hotfix out today", "release"),
        ("Put the patches on all servers", "infra"),
        ("Put the patches on all production servers", "infra"),
        ("Give the worker 4 GB", "infra"),
        ("Change the instance type of the API to m6i.large", "infra"),
        ("Set the retention of the backups to 35 days", "infra"),
        ("Remove personal data of closed accounts from the database", "database"),
        ("Set all open carts to expired", "database"),
        ("Give the on-call team sudo on the hosts", "security"),
        ("Implement rollback in the importer", "backend"),
        ("Check that the migration keeps all rows", "qa"),
    ],
)
def test_plain_words_for_a_change_say_whose_it_is(text: str, expected: str) -> None:
    assert work(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rehearse the rollback of the timetable service on staging", "release"),
        ("Rehearse the migration on a copy", "database"),
        ("Take the three unhealthy proxies out of production", "infra"),
        ("Flag it on for warehouse Lyon", "release"),
        ("Raise the order api from 6 to 12 replicas", "infra"),
        ("Scale the checkout service to 12 pods", "infra"),
        ("Go back to build 8841", "release"),
        ("Let gateway 2.0 serve real requests on two nodes", "release"),
        ("Upgrade the engine of the live catalogue database to 8.4", "database"),
        ("Overwrite the numbers in the stored mails", "database"),
        ("Swap the text status for an enum", "database"),
        ("Remove former employees from the VPN group", "security"),
        ("Stop logging access tokens in the carrier client", "backend"),
        ("Teach the picture service WebP", "backend"),
        ("Update the grading service to 1.7", "release"),
    ],
)
def test_what_is_rehearsed_stopped_or_stored_says_whose_work_it_is(text: str, expected: str) -> None:
    assert work(text) == expected
