"""What is told of two plans: everything that differs, and nothing that does not."""

from planner.diff import diff
from planner.diff_text import diff_lines, summary
from tests.kit.plans import gated, plan, plan_of, subtask

ONE = plan("t", {"a": "", "b": "a", "c": "b"})


def test_a_plan_does_not_differ_from_itself() -> None:
    found = diff(ONE, ONE)
    assert found.same
    assert summary(found) == "nothing is different"


def test_what_came_and_what_went_is_told_with_its_edges() -> None:
    other = plan_of(
        "t", subtask("t", "a"), subtask("t", "c", "a", ordinal=2), subtask("t", "d", "c", ordinal=3)
    )
    found = diff(ONE, other.model_copy(update={"revision": 2}))
    assert [part.title for part in found.added] == ["do d"]
    assert [part.title for part in found.removed] == ["do b"]
    assert {(e.subtask_id[-1], e.depends_on[-1]) for e in found.edges_added} == {("c", "a"), ("d", "c")}
    assert {(e.subtask_id[-1], e.depends_on[-1]) for e in found.edges_removed} == {("b", "a"), ("c", "b")}
    assert (found.was, found.now) == (1, 2)


def test_a_changed_field_is_told_with_both_values() -> None:
    changed = ONE.subtasks[1].model_copy(update={"objective": "do it twice", "agent": "other"})
    other = ONE.model_copy(update={"subtasks": (ONE.subtasks[0], changed, ONE.subtasks[2])})
    (part,) = diff(ONE, other).changed
    assert [(c.field, c.was, c.now) for c in part.changes] == [
        ("objective", "do b", "do it twice"),
        ("agent", "worker", "other"),
    ]


def test_gates_and_risk_are_told() -> None:
    found = diff(ONE, gated(ONE, "b"))
    assert [node[-1] for node in found.gates_added] == ["b"]
    assert (found.risk.was, found.risk.now) == ("low", "high")
    assert not found.same


def test_the_way_back_is_the_same_diff_turned_round() -> None:
    other = gated(plan("t", {"a": "", "b": "a", "d": "b"}), "b")
    there, back = diff(ONE, other), diff(other, ONE)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert (there.edges_added, there.gates_added) == (back.edges_removed, back.gates_removed)


def test_every_difference_has_a_line_that_a_terminal_without_colours_can_show() -> None:
    other = gated(plan("t", {"a": "", "b": "a", "d": "b"}), "b").model_copy(
        update={"constraints": ("be quick",), "revision": 2}
    )
    lines = diff_lines(diff(ONE, other), ONE, other)
    assert (
        lines[0]
        == "Revision 1 → 2: 1 added, 1 removed, 1 changed, 2 edges differ, 1 limit differs; risk low → high"
    )
    for start in (
        "+ do d (worker",
        "- do c (worker",
        "~ “do b”",
        "+ edge: “do d” after “do b”",
        "+ kept in mind: be quick",
    ):
        assert any(line.startswith(start) for line in lines), start
    assert "+ gate: “do b” needs approval" in lines
