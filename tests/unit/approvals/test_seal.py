"""The seal binds a yes to one plan: change anything and it breaks."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.seal import read_subtask, seal, unseal, unseal_header, verify_root, verify_subtask
from domain.agent import Candidate, McpToolEndpoint, Ranking, Sla
from domain.clause import Clause
from domain.errors import PlanInvalidError
from domain.ids import RequirementId, SubtaskId
from domain.plan import Edge, Finding, Plan, Requirement, Subtask
from domain.verdict import Demand, RuleHit, Verdict
from tests.kit.leaves import changed, leaves

FIRST, SECOND = SubtaskId("writer::t::1"), SubtaskId("publisher::t::1")
HASH = "0" * 64


def a_plan() -> Plan:
    writer = Subtask(
        subtask_id=FIRST,
        ordinal=0,
        title="Write “notes”",
        objective="Write notes — with ünïcode and {{ braces }}",
        acceptance=("every commit is named",),
        covers=(RequirementId("r1"),),
        clauses=(Clause(text="write notes", verb="write", object="notes"),),
        required_tags=("notes",),
        produces=("notes",),
        agent="writer",
        endpoint=McpToolEndpoint(
            kind="mcp-tool",
            server="workspace",
            tool="write",
            arguments={"path": "n.md", "n": 1, "deep": [{"a": None}]},
        ),
        effect="write",
        sla=Sla(timeout_s=30, p50_s=0.5),
        routing=Ranking(
            chosen="writer",
            candidates=(Candidate(agent="writer", is_eligible=True, score=61.25, matched=("notes",)),),
        ),
    )
    publisher = Subtask(
        subtask_id=SECOND,
        ordinal=1,
        title="Publish",
        objective="Publish the notes to production",
        covers=(RequirementId("r2"),),
        depends_on=(Edge(on=FIRST, kind="data", reason="it needs notes"),),
        consumes=("notes",),
        gated=True,
        risk="high",
        agent="publisher",
    )
    hit = RuleHit(
        rule="changes-production",
        level="high",
        why="publish",
        facts={"verb": "publish"},
        would_be_lower_if="…",
    )
    return Plan(
        task_id="t",
        revision=1,
        planner="rules",
        request_digest=HASH,
        manifest_version="m",
        policy_version="p",
        requirements=(
            Requirement(id=RequirementId("r1"), text="notes"),
            Requirement(id=RequirementId("r2"), text="out"),
        ),
        constraints=("do not lie",),
        findings=(Finding(code="X", severity="warning", path="subtasks[0]", message="m", mend="n"),),
        verdict=Verdict(level="high", hits=(hit,), demand=Demand(roles=("lead",), ttl_s=60), gated=(SECOND,)),
        subtasks=(writer, publisher),
    )


PLAN = a_plan()
SEALED = seal(PLAN)


def test_what_was_sealed_is_what_is_read() -> None:
    assert unseal(SEALED.header, [subtask.text for subtask in SEALED.subtasks]) == PLAN
    assert unseal_header(SEALED.header) == PLAN.model_copy(update={"subtasks": ()})
    assert [read_subtask(subtask.text) for subtask in SEALED.subtasks] == list(PLAN.subtasks)
    assert seal(unseal(SEALED.header, [subtask.text for subtask in SEALED.subtasks])) == SEALED


def test_stored_texts_verify_by_their_bytes() -> None:
    digests = [subtask.digest for subtask in SEALED.subtasks]
    assert verify_root(SEALED.header, digests, SEALED.plan_hash)
    assert all(verify_subtask(subtask.text, subtask.digest) for subtask in SEALED.subtasks)
    assert not verify_subtask(SEALED.subtasks[0].text + " ", SEALED.subtasks[0].digest)
    assert not verify_root(SEALED.header, digests[::-1], SEALED.plan_hash)
    assert not verify_root(SEALED.header, digests[:1], SEALED.plan_hash)
    assert not verify_root(SEALED.header + " ", digests, SEALED.plan_hash)


@pytest.mark.parametrize("which", [0, 1])
def test_changing_any_field_of_a_subtask_breaks_its_digest(which: int) -> None:
    sealed = SEALED.subtasks[which]
    told = json.loads(sealed.text)
    places = list(leaves(told))
    assert len(places) > 20
    for path in places:
        other = json.dumps(
            changed(told, path, "something else"), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        assert not verify_subtask(other, sealed.digest), path


def test_changing_any_field_of_the_header_breaks_the_root() -> None:
    told = json.loads(SEALED.header)
    digests = [subtask.digest for subtask in SEALED.subtasks]
    for path in leaves(told):
        other = json.dumps(
            changed(told, path, "something else"), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        assert not verify_root(other, digests, SEALED.plan_hash), path


TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(arguments=st.dictionaries(TEXTS, VALUES, max_size=3), title=TEXTS, other=VALUES)
def test_whatever_the_arguments_are_they_come_back_and_no_other_plan_has_the_hash(
    arguments: dict[str, Any], title: str, other: Any
) -> None:
    endpoint = McpToolEndpoint(kind="mcp-tool", server="s", tool="t", arguments=arguments)
    subtask = PLAN.subtasks[0].model_copy(update={"endpoint": endpoint, "title": title})
    sealed = seal(PLAN.model_copy(update={"subtasks": (subtask,)}))
    assert unseal(sealed.header, [sealed.subtasks[0].text]).subtasks[0].endpoint == endpoint
    changed_endpoint = endpoint.model_copy(update={"arguments": {**arguments, "added": other}})
    again = seal(
        PLAN.model_copy(update={"subtasks": (subtask.model_copy(update={"endpoint": changed_endpoint}),)})
    )
    if json.dumps(arguments.get("added", object), default=str) != json.dumps(other, default=str):
        assert again.plan_hash != sealed.plan_hash


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**60, 5.230137717657842e16])
def test_what_has_no_canonical_form_is_refused_and_not_sealed_by_luck(value: float) -> None:
    endpoint = McpToolEndpoint(kind="mcp-tool", server="s", tool="t", arguments={"x": value})
    subtask = PLAN.subtasks[0].model_copy(update={"endpoint": endpoint})
    with pytest.raises(PlanInvalidError, match="cannot be sealed"):
        seal(PLAN.model_copy(update={"subtasks": (subtask,)}))


@pytest.mark.parametrize("named", ["beside", "имя"])
def test_a_number_that_would_come_back_as_another_is_refused_whatever_stands_beside_it(named: str) -> None:
    arguments = {named: 1, "deep": [{"x": 5.230137717657842e16}]}
    endpoint = McpToolEndpoint(kind="mcp-tool", server="s", tool="t", arguments=arguments)
    subtask = PLAN.subtasks[0].model_copy(update={"endpoint": endpoint})
    with pytest.raises(PlanInvalidError, match="no exact number"):
        seal(PLAN.model_copy(update={"subtasks": (subtask,)}))


NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(
    [-0.0, 1e-5, 1e-7, 300.0, 0.1, 2e15]
)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(arguments=st.dictionaries(TEXTS, ANY, max_size=3), title=TEXTS)
def test_what_is_sealed_is_written_as_rfc_8785_says(arguments: dict[str, Any], title: str) -> None:
    endpoint = McpToolEndpoint(kind="mcp-tool", server="s", tool="t", arguments=arguments)
    subtask = PLAN.subtasks[0].model_copy(update={"endpoint": endpoint, "title": title})
    try:
        (sealed,) = seal(PLAN.model_copy(update={"subtasks": (subtask,)})).subtasks
    except PlanInvalidError:
        return
    assert sealed.text == rfc8785.dumps(subtask.model_dump(mode="json")).decode()
