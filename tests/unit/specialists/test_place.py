"""Where a step acts: the gate hears it, the plan keeps it, and whoever carries the step out is told no other place."""

from pathlib import Path

import pytest
import yaml

from agent.engine.brief import assignment
from agent.engine.reading import runnable
from agent.specialists.mcp_tool import scope_of
from agent.specialists.template import TemplateError, render
from approvals.policy import Policy
from approvals.policy_file import PolicyFile
from approvals.seal import seal
from domain.base import Json
from domain.clause import Environment
from domain.ids import SubtaskId
from domain.place import gravest, once_judged
from domain.plan import Plan
from domain.request import Request
from domain.verdict import Judgement
from planner.amend import amended, reassigned
from planner.edit import edited
from planner.given import plan_given
from tests.unit.approvals.test_judge import SHIPPED, level, request, subtask
from tests.unit.planner.test_amend import NOTES, by_agent, planned, planning
from tests.unit.planner.test_edit import READ
from tests.unit.planner.test_given import given

WORDED = "{{ (brief.objective ~ '. ' ~ brief.title) | place }}"
"""As the shipped manifest asked for the place, and so do plans that were made with it."""

SENTENCES = (
    "Publish the notes to {}",
    "Publish the notes to the {} site",
    "Publish the notes for {}",
    "Publish {}",
    "Ship the notes on our {}",
    "In {}, publish the notes on production",
    "Publish the notes about what is in production to {}",
    "Publish the notes from production within {}",
    "Publish the {} database settings as in production",
    "Put the notes of the last production release into a new {}",
    "Publish to {} what was published to production",
    "Check the notes, then publish them to {}",
)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.load(SHIPPED)


def judged(policy: Policy, text: str) -> tuple[Judgement, Environment]:
    node = subtask(text, effect="external")
    judgement = policy.judge(request(), [node])
    return judgement, judgement.places[node.subtask_id]


def told(plan: Plan, node: SubtaskId, template: str = "{{ environment }}") -> Json:
    """What a template is filled in with, when the step is handed over as the engine does it."""
    sealed = next(text for own, text, _ in seal(plan).subtasks if own == node)
    asked = Request(task_id=plan.task_id, title="x")
    handed = assignment(runnable(sealed), asked, {}, attempt=1, key="k", plan=plan)
    return render(template, scope_of(handed.brief), where="arguments.environment")


def before(plan: Plan) -> Plan:
    """The same as it was made before steps held where they act."""
    steps = tuple(each.model_copy(update={"environment": None}) for each in plan.subtasks)
    return plan.model_copy(update={"subtasks": steps})


def test_what_waits_for_nobody_is_never_brought_to_production(policy: Policy) -> None:
    """Every word that the policy takes for a lower environment is one, in whatever way it is said."""
    places = PolicyFile.model_validate(yaml.safe_load(Path(SHIPPED).read_text(encoding="utf-8"))).environments
    words = [*places.staging.words, *places.development.words]
    words += [word.strip("*") for word in (*places.staging.foreign, *places.development.foreign)]
    waits_for_nobody = 0
    for sentence in SENTENCES:
        for word in words:
            judgement, place = judged(policy, sentence.format(word))
            if level(judgement) in {"low", "medium"}:
                waits_for_nobody += 1
                assert place in {"staging", "development"}, sentence.format(word)
    assert waits_for_nobody > 100


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Publish the notes", "unknown"),
        ("Publish the notes to the readers", "unknown"),
        ("Publish the test report to production", "production"),
        ("Publish the staging notes to the live site", "production"),
        ("Publish the notes to the new staging site", "staging"),
        ("Publish the notes to QA", "staging"),
        ("Publish the notes for our test lab", "development"),
        ("Check the notes and publish them to staging", "staging"),
        ("Publish the notes to dev and staging", "staging"),
        ("Publish the notes to staging and to production", "production"),
    ],
)
def test_the_gravest_place_that_is_named_is_where_a_step_acts(policy: Policy, text: str, place: str) -> None:
    assert judged(policy, text)[1] == place


def test_what_is_claimed_of_the_place_can_only_make_it_production(policy: Policy) -> None:
    node = subtask("Deploy the shop", effect="external")
    claims = request(metadata={"environment": "production"})
    assert policy.judge(claims, [node]).places == {node.subtask_id: "production"}
    claims = request(metadata={"environment": "staging"})
    assert policy.judge(claims, [node]).places == {node.subtask_id: "unknown"}


def test_nothing_that_is_no_place_is_one() -> None:
    assert gravest(()) == gravest(("unknown", "the moon")) == "unknown"
    assert once_judged(planned(NOTES).verdict, SubtaskId("nobody::t1::1")) is None


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (NOTES, "production"),
        (NOTES.replace("production", "staging"), "staging"),
        (NOTES.replace(" to production", ""), "production"),
    ],
)
def test_the_publisher_publishes_where_the_gate_heard_and_in_production_where_it_heard_of_no_place(
    words: str, place: str
) -> None:
    plan = planned(words)
    publishing = by_agent(plan, "publisher")
    assert told(plan, publishing) == told(plan, publishing, WORDED) == place


def test_a_plan_from_before_goes_where_the_gate_heard_then() -> None:
    for words in (NOTES, NOTES.replace("production", "staging"), NOTES.replace(" to production", "")):
        plan = planned(words)
        publishing = by_agent(plan, "publisher")
        assert told(before(plan), publishing, WORDED) == told(plan, publishing)


def test_where_nobody_kept_the_place_nothing_is_published() -> None:
    plan = before(planned(NOTES))
    silent = plan.model_copy(update={"verdict": plan.verdict.model_copy(update={"hits": ()})})
    with pytest.raises(TemplateError, match="edit the plan, which has it judged anew"):
        told(silent, by_agent(plan, "publisher"), WORDED)
    with pytest.raises(TemplateError, match="'environment' is undefined"):
        told(silent, by_agent(plan, "publisher"))


def test_whoever_makes_or_changes_a_plan_the_gate_says_where_its_steps_act() -> None:
    house, plan = planning(), planned(NOTES)
    publishing = by_agent(plan, "publisher")
    asked = Request(task_id="t1", title=NOTES)
    change = READ.validate_python(
        {"op": "brief", "subtask_id": publishing, "brief": "Publish the notes to staging", "title": "Publish"}
    )
    by_hand = edited(house, asked, before(plan), [change])
    by_comment = amended(house, asked, before(plan), "publish to staging instead of production").plan
    publisher = house.manifest.agent("publisher")
    assert publisher is not None
    lent = reassigned(house, asked, before(plan), by_agent(plan, "git-history"), publisher)
    brought = plan_given(
        house, asked, given({"id": "x", "agent": "publisher", "objective": "Publish the notes to staging"})
    )
    for changed in (plan, by_hand, by_comment, lent, brought):
        assert None not in {each.environment for each in changed.subtasks}
    assert told(by_hand, publishing) == "staging"
    assert told(brought, by_agent(brought, "publisher")) == "staging"
    assert told(lent, publishing) == "production"
    with pytest.raises(ValueError, match="environment"):
        given({"id": "x", "agent": "publisher", "objective": "Publish", "environment": "staging"})


def test_a_place_is_under_the_seal() -> None:
    plan = planned(NOTES)
    node = by_agent(plan, "publisher")
    moved = tuple(
        each.model_copy(update={"environment": "staging"}) if each.subtask_id == node else each
        for each in plan.subtasks
    )
    assert seal(plan.model_copy(update={"subtasks": moved})).plan_hash != seal(plan).plan_hash
