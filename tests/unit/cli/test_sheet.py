"""A plan as YAML, and what was changed in it."""

import re
from typing import Any

import pytest
import yaml

from agent.cli.refusal import Refusal
from agent.cli.sheet import operations_of, sheet
from tests.kit.strangers import UNSEEN


def row(node: str, *after: str) -> dict[str, Any]:
    told = {"subtask_id": node, "title": f"do {node}", "objective": f"do {node}", "agent": "worker"}
    return {**told, "depends_on": list(after), "acceptance": [], "timeout_s": 30.0}


TASK: dict[str, Any] = {
    "task_id": "t1",
    "plan": {"revision": 2, "constraints": ["be quick"]},
    "subtasks": [row("a"), row("b", "a"), row("c", "b")],
}
BEFORE = sheet(TASK)


def changed(**edits: Any) -> list[Any]:
    told = yaml.safe_load(BEFORE)
    for node, new in edits.items():
        if new is None:
            told["subtasks"] = [s for s in told["subtasks"] if s["id"] != node]
        elif node == "limits":
            told["limits"] += new
        elif node == "new":
            told["subtasks"].append(new)
        else:
            next(s for s in told["subtasks"] if s["id"] == node).update(new)
    return operations_of(BEFORE, yaml.safe_dump(told))


def test_what_would_be_unseen_is_written_out_and_read_as_it_was() -> None:
    word = "a\u202egnp\u200b: b\x9b31m\ufeff\U000e0041 ünï\r\n\x1b[2J"
    made = sheet({**TASK, "subtasks": [{**row("a"), "objective": word}, row("b")]})
    assert re.findall(UNSEEN, made) == []
    assert "ünï" in made
    assert yaml.safe_load(made)["subtasks"][0]["brief"] == word
    assert operations_of(made, made.replace("do b", "do it")) != []
    assert operations_of(made, made) == []


def test_nothing_changed_is_no_operation() -> None:
    assert operations_of(BEFORE, BEFORE) == []
    assert "revision 2" in BEFORE


def test_every_field_has_its_operation() -> None:
    assert changed(a={"brief": "do it twice", "agent": "other", "timeout_s": 5}) == [
        {"op": "brief", "subtask_id": "a", "brief": "do it twice"},
        {"op": "reassign", "subtask_id": "a", "agent": "other"},
        {"op": "sla", "subtask_id": "a", "timeout_s": 5.0},
    ]
    assert changed(c={"after": ["a"]}) == [{"op": "reorder", "subtask_id": "c", "after": ["a"]}]
    assert changed(c={"acceptance": ["short"]}) == [
        {"op": "brief", "subtask_id": "c", "acceptance": ["short"]}
    ]
    assert changed(limits=["no downtime"]) == [{"op": "limit", "text": "no downtime"}]


def test_a_deleted_part_is_dropped_and_what_still_names_it_is_no_new_order() -> None:
    assert changed(b=None) == [{"op": "drop", "subtask_id": "b"}]


def test_a_new_part_may_be_waited_for_under_a_name_of_its_own() -> None:
    found = changed(new={"id": "scan", "brief": "scan it", "after": ["a"]}, c={"after": ["b", "scan"]})
    assert found == [{"op": "add", "brief": "scan it", "after": ["a"], "before": ["c"], "acceptance": []}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("subtasks: [", "no YAML: line 1"),
        ("limits: [be slow]", "'be quick' cannot be lifted"),
        ("subtasks: 7", "no plan: subtasks"),
        ("subtasks: [{id: a, gated: false}]", "subtasks.0.gated"),
        ("subtasks: [{id: new}]", "has no brief"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        operations_of(BEFORE, text)
    assert said in refused.value.message
