"""A step of somebody whose card says that they write code or texts changes what is released later; it waits where it is done to what there is."""

from pathlib import Path

import pytest

from approvals.particular import told_with
from approvals.policy import Policy
from domain.agent import Agent, HttpEndpoint, Manifest, Skill
from domain.clause import Clause
from domain.ids import AgentId, SubtaskId
from domain.plan import Subtask
from domain.request import Request
from domain.tool import Effect

POLICY = Policy.load(Path(__file__).parents[3] / "manifests" / "risk-policy.yaml")


def agent(
    name: str, *tags: str, effect: Effect | None = None, tools: dict[str, tuple[str, ...]] | None = None
) -> Agent:
    return Agent(
        id=AgentId(name),
        skills=(Skill(id=name, tags=tags),),
        endpoint=HttpEndpoint(kind="http", url=f"http://127.0.0.1:9/{name}"),
        effect=effect,
        tools=tools or {},
    )


CODER = agent("backend", "api", "endpoint", "bugfix", "refactor")
AGENTS = (
    CODER,
    agent("sender", "bugfix", effect="external"),
    agent("clerk", "refactor", "support"),
    agent("keeper", "refactor", "database"),
    agent("toolsmith", "refactor", tools={"mail": ("send",)}),
    agent("somebody", "api"),
)
GUARDED = POLICY.guarding(Manifest(schema_version="1.0", agents=AGENTS))


def gated(text: str, by: str = "backend", said: str | None = None) -> bool:
    subtask = Subtask(
        subtask_id=SubtaskId("s"),
        ordinal=0,
        title=text[:120],
        objective=text,
        clauses=(Clause(text=text),),
        required_tags=("api",),
        agent=AgentId(by),
        effect=next(each.effect for each in AGENTS if each.id == by),
    )
    request = Request.model_validate({"task_id": "t", "title": "work", "description": said or text})
    return bool(GUARDED.judge(request, [subtask]).verdict.gated)


@pytest.mark.parametrize(
    "text",
    [
        "Stop the importer from swallowing errors",
        "Cancel the order when the payment fails",
        "Lock the account after five failed attempts",
        "Remove the v1 endpoints",
        "Take the voucher check out of the checkout service",
        "Pull zone pricing out of FareCalculator into a module of its own",
        "Switch the contacts API to the new columns",
        "Refund the deposit when the booking is cancelled in time",
        "Send customers an SMS when their parcel leaves the depot",
        "Create a role that can only read",
        "Expire sessions after an hour",
        "Purge expired carts in a nightly job",
        "Restart the worker when it runs out of memory",
        "Cap the discount at 30 percent",
        "Mask keys in the log output of the gateway",
    ],
)
def test_what_changes_code_waits_when_it_is_released(text: str) -> None:
    assert not gated(text)


@pytest.mark.parametrize(
    "text",
    [
        "Replay the 14,000 stuck messages",
        "Cancel the younger subscription of the 75 people concerned",
        "Book one month of credit for each of them",
        "Return their money",
        "Discard the rest",
        "Run the payout export for them again",
        "Pay the 12 waiting customers back by hand",
        "Refund order 4711",
        "Refund Anna's fee if the parcel was late",
        "Delete expired accounts whenever you find some",
        "Send corrected PDFs to the customers concerned",
        "Issue it to the 40 affected tenants",
        "Lock the accounts of the three attackers",
        "Cancel the 120 orders of last night",
        "Set the price of article 991 to 1 euro",
        "Implement the deletion of all customers in production now",
        "Refactor the prod database by dropping it",
        "Drop the customers table",
        "Stop the checkout service",
        "Kill the payment service when the tests have passed",
        "Change the subscription price",
        "Make Alice an admin",
        "Rotate the signing key",
        "Print the database password",
        "Export all patients and send the file to the insurer",
        "Deploy it to production",
        "Enable the flag for all customers",
        "kubectl delete namespace payments",
        "DELETE FROM orders WHERE created_at < '2020-01-01'",
        "Implement a refund of 500 euro to customer 12",
        "Patch the prod database by hand",
        "Update the e-mail address of user 17",
        "Move the 500 tenants to the new plan",
    ],
)
def test_words_of_coding_get_no_operation_past_a_gate(text: str) -> None:
    assert gated(text)


@pytest.mark.parametrize("by", ["sender", "clerk", "keeper", "toolsmith", "somebody"])
def test_only_the_card_of_somebody_who_does_nothing_else_makes_it_code(by: str) -> None:
    assert not gated("Remove the v1 endpoints")
    assert gated("Remove the v1 endpoints", by)


def test_a_rule_may_be_told_beside_the_step() -> None:
    said = "If a payment fails three times, lock the account and write a test. Restart the worker once the review is done."
    assert not gated("lock the account", said=said)
    assert gated("Restart the worker", said=said)
    assert gated("lock the account", said="Lock the account, please. If a payment fails, retry it.")


@pytest.mark.parametrize(
    ("said", "step", "told"),
    [
        ("Clean up. If it fails, stop the job and tell us.", "stop the job", " If it fails stop the job "),
        ("Pause the job while it rains, then go on.", "Pause the job", " Pause the job while it rains"),
        ("Nothing of the kind", "stop the job", ""),
    ],
)
def test_a_step_is_told_with_its_own_condition_only(said: str, step: str, told: str) -> None:
    assert told_with(said, step) == told
