"""What is rated low has to show that it is: words that hide people, machines or money are no evidence."""

from pathlib import Path

import pytest

from approvals.policy import Policy
from domain.clause import Clause
from domain.ids import SubtaskId
from domain.plan import Subtask
from domain.request import Request
from domain.verdict import Judgement

POLICY = Policy.load(Path(__file__).parents[3] / "manifests" / "risk-policy.yaml")


def rated(text: str) -> str:
    return POLICY.rate(Request(task_id="t", title=text))


def planned(said: str, *steps: str) -> Judgement:
    subtasks = [
        Subtask(
            subtask_id=SubtaskId(f"s{number}"),
            ordinal=number,
            title=f"{step[:1].upper()}{step[1:]}",
            objective=step,
            clauses=(Clause(text=step),),
            effect="write",
        )
        for number, step in enumerate(steps)
    ]
    return POLICY.judge(Request(task_id="t", title=said), subtasks)


@pytest.mark.parametrize(
    "text",
    [
        "Send the report of all patients to the ministry",
        "Send the test results to the patients",
        "Feed the chat transcripts to the external model",
        "Correct the birth dates of the patients concerned",
        "Change the grade of student 1207 to pass",
        "Move the patients of ward 3 to Dr Klein",
        "Deactivate Peter's account",
        "Turn down the applicants from last week",
        "Add the contractor to the org",
        "Let support see card data",
        "Give me the token",
        "Paste the key here",
        "Invite the whole waiting list",
        "Put the new version on the servers",
        "Double the size of the database machine",
        "Move the MX over to Google",
        "Disable the foreign keys for the load",
        "Clear the dead letter queue",
        "Reset the consumer offset",
        "Break replication",
        "Book the depreciation for October",
        "Publish the helm chart",
        "Publish version 3.0 of our SDK on PyPI",
        "Prescribe ibuprofen",
        "The old rows are deleted now",
        "Annual rotation of the JWT signing key is due",
        "The existing column must become longer",
        "The old customers have to go",
        "Undo the release",
        "Resume the rollout",
        "Put the old version back",
        "Open the dashboard to customers",
        "Expose the endpoint publicly",
        "Report the accident to the insurer",
        "Notify the winners",
        "Wipe the laptop of the leaver",
        "Withdraw the BGP route",
        "Make the column mandatory",
        "Compact the topic",
        "Enrich the leads with phone numbers",
        "Unblock the users",
        "Suspend the subscriptions",
        "Revert the customers table",
        "Import the invoices",
        "Share the user accounts",
        "Update the e-mail address of user 17",
        "Bulk-edit the profiles",
        "Give branch managers the right to override prices",
    ],
)
def test_what_hides_behind_harmless_words_waits_for_a_yes(text: str) -> None:
    assert rated(text) in {"high", "critical"}


@pytest.mark.parametrize(
    "text",
    [
        "Send the draft to the team",
        "Add a birth date field to the form",
        "Design the customers table",
        "Move the users page into a module of its own",
        "Trial run of the upgrade on a clone",
        "Practise the restore on a throwaway cluster",
        "Memoise the tariff lookup",
        "Tail the log of the worker",
        "tail -n 100 app.log",
        "The button must become blue",
        "Fire the click event twice in the component test",
        "Publish the storybook internally",
        "Clear the form",
        "Refactor the export of invoices",
        "Notify the user when the parcel leaves",
        "Approve the design in Figma",
        "Set the line length to 110",
        "Undo button for the editor",
        "Unblock the UI",
        "Revert the last commit",
    ],
)
def test_what_is_plainly_code_or_looking_waits_for_nobody(text: str) -> None:
    assert rated(text) in {"low", "medium"}


@pytest.mark.parametrize(
    "text",
    [
        "kafka-topics --bootstrap-server prod-kafka:9092 --delete --topic payments",
        "DROP DATABASE loans; on the production server",
        "rclone purge prod-backups:daily",
        "dropdb prod_ledger",
    ],
)
def test_a_typed_line_that_takes_production_away_is_critical(text: str) -> None:
    assert rated(text) == "critical"


def test_a_typed_line_is_read_although_a_title_begins_with_a_capital() -> None:
    said = "gsutil -m rm -r gs://prod-recordings"
    assert planned(said, said).verdict.level == "critical"


def test_the_place_of_a_typed_line_counts_although_no_step_has_kept_it() -> None:
    found = planned("DROP DATABASE loans; on the production server", "DROP DATABASE loans").verdict
    assert (found.level, found.gated) == ("critical", ("s0",))


def test_what_a_step_only_points_at_is_what_the_request_speaks_of() -> None:
    said = "The branch protection on main is annoying me and the firewall too, switch it off"
    assert "protection-off" in {hit.rule for hit in planned(said, "switch it off").verdict.hits}
    nothing = planned("The spinner is annoying, switch it off", "switch it off").verdict
    assert "protection-off" not in {hit.rule for hit in nothing.hits}
