"""What was approved is what runs: whatever else is stored when the time comes is refused, field by field."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.engine.approved import refusal
from agent.engine.picture import Picture
from agent.store.runs import Run, Standing
from approvals.gate import open_approval
from approvals.seal import SealedSubtask, root, seal
from domain.agent import Candidate, McpToolEndpoint, Ranking
from domain.approval import Approval
from domain.clause import Clause
from domain.errors import PlanChangedError
from domain.ids import ApprovalId, SubtaskId
from domain.plan import Finding, Plan, Subtask
from domain.request import Metadata, Request
from domain.task import Task
from planner.digest import digest_of
from tests.kit.leaves import Place, at, changed, leaves
from tests.kit.plans import gated, node, plan

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REQUEST = Request(task_id="t", title="deploy", metadata=Metadata(requester="ann", repository="shop"))
NODE = node("t", "b")


def full() -> Plan:
    """A held plan of which every field says something."""
    made = gated(plan("t", {"a": "", "b": "a"}, consumes=("x",), produces=("y",)), "b")
    door = McpToolEndpoint(
        kind="mcp-tool", server="house", tool="deploy", arguments={"to": ["staging", 1], "force": False}
    )
    told = tuple(
        s.model_copy(
            update={
                "endpoint": door,
                "acceptance": ("it runs",),
                "clauses": (Clause(text="deploy it"),),
                "required_tags": ("work",),
                "routing": Ranking(
                    chosen="worker", candidates=(Candidate(agent="worker", is_eligible=True, score=1.5),)
                ),
            }
        )
        for s in made.subtasks
    )
    finding = Finding(code="X", severity="warning", path="subtasks[0]", message="m", mend="n")
    return made.model_copy(
        update={
            "subtasks": told,
            "request_digest": digest_of(REQUEST),
            "constraints": ("slowly",),
            "findings": (finding,),
        }
    )


PLAN = full()
SEAL = seal(PLAN)
HEADER: dict[str, Any] = json.loads(SEAL.header)
SPEC: dict[str, Any] = json.loads(SEAL.subtasks[1].text)
PLACES = [("header", place) for place in leaves(HEADER)] + [("spec", place) for place in leaves(SPEC)]


def a_task(plan_hash: str = SEAL.plan_hash, **more: Any) -> Task:
    return Task(
        task_id="t", title="t", priority="medium", requester="ann", request_digest="0" * 64, status="planned",
        revision=1, plan_hash=plan_hash, created_at=NOW, **more,
    )  # fmt: skip


def approved(**changes: Any) -> Approval:
    opened = open_approval(
        PLAN, SEAL.plan_hash, REQUEST.metadata.requester, now=NOW, approval_id=ApprovalId(UUID(int=7))
    )
    assert opened is not None
    return opened.approval.model_copy(update={"status": "approved", "decided_at": NOW, **changes})


def stored() -> Run:
    """As it was approved."""
    edges = {
        s.subtask_id: tuple((edge.on, edge.kind, edge.reason) for edge in s.depends_on) for s in PLAN.subtasks
    }
    return Run(
        request_text=REQUEST.model_dump_json(),
        header=SEAL.header,
        plan_hash=SEAL.plan_hash,
        planner=PLAN.planner,
        level=PLAN.verdict.level,
        subtasks={sealed.subtask_id: sealed for sealed in SEAL.subtasks},
        beside={s.subtask_id: (s.ordinal, s.agent or "") for s in PLAN.subtasks},
        edges=edges,
        predecessors=PLAN.edges,
        standing={s.subtask_id: Standing("pending", agent=s.agent) for s in PLAN.subtasks},
        artifacts={},
        approvals={SEAL.plan_hash: approved()},
    )


def refused(run: Run, task: Task | None = None, now: datetime = NOW) -> str | None:
    """Why `b` is not dispatched, if it is not."""
    task = task or a_task()
    if (why := refusal(task, run, now, digest_of)) is not None:
        return why
    try:
        Picture(task, run).subtask(NODE)
    except PlanChangedError as error:
        return error.message
    return None


def forged(part: str, place: Place, new: Any, hidden: int) -> tuple[Run, Task]:
    """The plan with something else in one place, and so many of the hashes above it made to fit."""
    run = stored()
    whole = changed(HEADER if part == "header" else SPEC, place, new)
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if part == "header":
        run = replace(run, header=text)
    else:
        digest = hashlib.sha256(text.encode()).hexdigest() if hidden > 0 else SEAL.subtasks[1].digest
        run = replace(run, subtasks=run.subtasks | {NODE: SealedSubtask(NODE, text, digest)})
    if hidden > 1:
        run = replace(run, plan_hash=root(run.header, [s.digest for s in run.subtasks.values()]))
    return run, a_task(run.plan_hash if hidden > 2 else SEAL.plan_hash)


def test_what_was_approved_is_dispatched() -> None:
    assert refused(stored()) is None
    assert refused(stored(), a_task(started_at=NOW), NOW + timedelta(days=9)) is None


def test_every_field_of_a_plan_and_of_a_subtask_is_among_the_places_that_are_tried() -> None:
    tried = {(part, place[0]) for part, place in PLACES}
    assert {name for part, name in tried if part == "header"} == set(Plan.model_fields) - {"subtasks"}
    assert {name for part, name in tried if part == "spec"} == set(Subtask.model_fields)
    assert ("spec", ("endpoint", "arguments", "to", 1)) in PLACES


@pytest.mark.parametrize("hidden", [0, 1, 2, 3])
def test_whatever_field_was_changed_nothing_is_dispatched(hidden: int) -> None:
    for part, place in PLACES:
        run, task = forged(part, place, "something else", hidden)
        assert refused(run, task) is not None, (part, place)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    where=st.sampled_from(PLACES),
    new=st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5) | st.just([]) | st.just({}),
    hidden=st.integers(0, 3),
)
def test_whatever_it_was_changed_to_nothing_is_dispatched(
    where: tuple[str, Place], new: Any, hidden: int
) -> None:
    part, place = where
    before = at(HEADER if part == "header" else SPEC, place)
    run, task = forged(part, place, new, hidden)
    same = json.dumps(before) == json.dumps(new)
    assert (refused(run, task) is None) == same, (part, place, new)


@pytest.mark.parametrize(
    "changes",
    [
        {"planner": "model"},
        {"level": "low"},
        {"beside": {**stored().beside, NODE: (0, "worker")}},
        {"beside": {**stored().beside, NODE: (1, "another")}},
        {"edges": {**stored().edges, NODE: ()}},
        {"edges": {**stored().edges, NODE: ((node("t", "a"), "given", "no reason"),)}},
        {"edges": {**stored().edges, NODE: ((node("t", "a"), "explicit", "b after a"),)}},
        {"edges": {**stored().edges, SubtaskId("else"): ()}},
        {"subtasks": {NODE: SEAL.subtasks[1]}},
        {"standing": {NODE: Standing("pending")}},
        {"header": "{"},
        {"request_text": REQUEST.model_copy(update={"title": "deploy to production"}).model_dump_json()},
        {"request_text": "{"},
        {"approvals": {}},
        {"approvals": {SEAL.plan_hash: approved(plan_hash="0" * 64)}},
        {"approvals": {SEAL.plan_hash: approved(status="rejected")}},
        {"approvals": {SEAL.plan_hash: approved(level="low")}},
        {"approvals": {SEAL.plan_hash: approved(subtask_ids=())}},
        {"approvals": {SEAL.plan_hash: approved(expires_at=NOW)}},
    ],
    ids=str,
)
def test_what_stands_beside_the_texts_must_agree_with_them(changes: dict[str, Any]) -> None:
    assert refused(replace(stored(), **changes)) is not None


@pytest.mark.parametrize("changes", [{"revision": 2}, {"task_id": "other"}, {"plan_hash": "0" * 64}])
def test_a_task_that_points_to_another_plan_is_not_run(changes: dict[str, Any]) -> None:
    assert refused(stored(), a_task().model_copy(update=changes)) is not None


def test_a_yes_is_good_until_its_expiry_unless_the_plan_had_begun_by_then() -> None:
    end = approved().expires_at
    almost = end - timedelta(microseconds=1)
    assert refused(stored(), now=almost) is None
    assert "was not begun by then" in (refused(stored(), now=end) or "")
    assert refused(stored(), a_task(started_at=almost), end) is None
    assert "was not begun by then" in (refused(stored(), a_task(started_at=end), end) or "")
