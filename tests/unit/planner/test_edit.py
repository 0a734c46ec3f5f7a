"""Edits by hand on plans of the shipped agents: what they make of it, and what is refused with its findings."""

import pytest
from pydantic import TypeAdapter

from domain.errors import InvalidInputError, NotFoundError, PlanInvalidError
from domain.plan import Plan
from planner.check import hard
from planner.coverage import matrix
from planner.diff import PlanDiff, asks_the_same, diff
from planner.edit import edited
from planner.operations import Operation
from tests.unit.planner.test_amend import EXPORT, NOTES, by_agent, planned, planning, request

READ: TypeAdapter[Operation] = TypeAdapter(Operation)


def made(words: str, *operations: dict[str, object], **more: object) -> tuple[Plan, PlanDiff]:
    plan = planned(words)
    read = [READ.validate_python(operation) for operation in operations]
    now = edited(planning(), request(words), plan, read, **more)  # type: ignore[arg-type]
    assert matrix(now).exact
    assert hard(now.findings) == ()
    return now, diff(plan, now)


DOCS, TESTS, CODE, RELEASE = (
    by_agent(planned(EXPORT), agent) for agent in ("documentation", "testing", "feature-dev", "release")
)


def test_work_is_added_in_its_place() -> None:
    now, found = made(
        EXPORT, {"op": "add", "brief": "Run a security scan", "after": [CODE], "before": [RELEASE]}
    )
    (added,) = found.added
    assert (added.agent, added.after) == ("security", (CODE,))
    assert added.subtask_id in {e.on for s in now.subtasks if s.subtask_id == RELEASE for e in s.depends_on}


def test_work_may_be_added_for_an_agent_by_name() -> None:
    _, found = made(EXPORT, {"op": "add", "brief": "Look it over", "agent": "security", "before": [RELEASE]})
    assert found.added[0].agent == "security"


def test_what_is_dropped_is_bridged() -> None:
    _, found = made(EXPORT, {"op": "drop", "subtask_id": DOCS})
    assert [part.subtask_id for part in found.removed] == [DOCS]


def test_a_split_covers_what_the_whole_did() -> None:
    now, found = made(
        EXPORT,
        {
            "op": "split",
            "subtask_id": TESTS,
            "into": [{"brief": "Write unit tests"}, {"brief": "Write load tests"}],
        },
    )
    first, second = (s for s in now.subtasks if s.agent == "testing")
    assert first.subtask_id == TESTS
    assert [e.on for e in second.depends_on] == [TESTS]
    assert {r.text for r in now.requirements} >= {"Write unit tests", "Write load tests"}
    release = next(s for s in now.subtasks if s.subtask_id == RELEASE)
    assert second.subtask_id in {e.on for e in release.depends_on}
    assert [(r.id, r.now) for r in found.requirements][:1] == [("R2", None)]


def test_merged_parts_are_one_that_covers_all() -> None:
    now, found = made(EXPORT, {"op": "merge", "subtask_ids": [TESTS, DOCS]})
    kept = next(s for s in now.subtasks if s.subtask_id == TESTS)
    assert kept.covers == ("R2", "R3")
    assert [part.subtask_id for part in found.removed] == [DOCS]


def test_agent_order_brief_and_time_out_are_changed() -> None:
    now, found = made(
        EXPORT,
        {"op": "reassign", "subtask_id": RELEASE, "agent": "infrastructure"},
        {"op": "reorder", "subtask_id": DOCS, "after": [TESTS]},
        {"op": "brief", "subtask_id": DOCS, "brief": "Update the manual", "acceptance": ["It is short"]},
        {"op": "sla", "subtask_id": TESTS, "timeout_s": 60},
        {"op": "limit", "text": "no downtime"},
    )
    by_id = {s.subtask_id: s for s in now.subtasks}
    assert by_id[RELEASE].agent == "infrastructure"
    assert [e.on for e in by_id[DOCS].depends_on] == [TESTS]
    assert (by_id[DOCS].title, by_id[DOCS].acceptance) == ("Update the manual", ("It is short",))
    assert by_id[TESTS].sla.timeout_s == 60
    assert now.constraints[-1] == "no downtime"
    assert {part.subtask_id for part in found.changed} == {RELEASE, DOCS, TESTS}


def test_a_new_brief_is_judged_by_its_own_words() -> None:
    now, found = made(
        EXPORT, {"op": "brief", "subtask_id": DOCS, "brief": "Drop the users table in production"}
    )
    assert DOCS in found.gates_added
    assert now.verdict.level == "critical"


@pytest.mark.parametrize(
    ("operations", "said"),
    [
        ([{"op": "reorder", "subtask_id": CODE, "after": [RELEASE]}], "each waits for the next"),
        ([{"op": "merge", "subtask_ids": [CODE, RELEASE]}], "each waits for the next"),
        ([{"op": "drop", "subtask_id": TESTS}, {"op": "drop", "subtask_id": DOCS}], "nobody has reviewed"),
        ([{"op": "drop", "subtask_id": node} for node in (CODE, TESTS, DOCS, RELEASE)], "leave nothing"),
    ],
)
def test_what_is_no_valid_plan_is_refused_with_its_findings(
    operations: list[dict[str, object]], said: str
) -> None:
    with pytest.raises(PlanInvalidError, match=said) as refused:
        made(EXPORT, *operations)
    assert refused.value.fields or "nothing" in said


def test_an_input_that_others_need_is_not_dropped_silently() -> None:
    writer = by_agent(planned(NOTES), "release-notes")
    with pytest.raises(PlanInvalidError, match="needs `notes`"):
        made(NOTES, {"op": "drop", "subtask_id": writer})


def test_what_is_unknown_or_done_is_refused() -> None:
    with pytest.raises(NotFoundError, match="no subtask 'x'"):
        made(EXPORT, {"op": "drop", "subtask_id": "x"})
    with pytest.raises(NotFoundError, match="no enabled agent 'bob'"):
        made(EXPORT, {"op": "reassign", "subtask_id": DOCS, "agent": "bob"})
    with pytest.raises(InvalidInputError, match="has been worked on"):
        made(EXPORT, {"op": "drop", "subtask_id": DOCS}, done=frozenset({DOCS}))


def test_an_edit_that_changes_nothing_comes_to_the_plan_that_there_is() -> None:
    now, found = made(EXPORT, {"op": "reassign", "subtask_id": RELEASE, "agent": "release"})
    assert found.same
    assert asks_the_same(planned(EXPORT), now)
    assert now.verdict.demand is not None
    demand = now.verdict.demand.model_copy(update={"required": 2})
    stricter = now.model_copy(update={"verdict": now.verdict.model_copy(update={"demand": demand})})
    assert not asks_the_same(planned(EXPORT), stricter)
