"""The drawn states are the coded ones."""

import re
from pathlib import Path

import pytest

from domain.approval import APPROVAL_ARROWS
from domain.subtask import SUBTASK_ARROWS
from domain.task import TASK_ARROWS

PAGE = (Path(__file__).parents[2] / "docs" / "states.md").read_text()
SECTIONS = dict(re.findall(r"(?ms)^## (\w+)\n.*?```mermaid\n(.*?)```", PAGE))


@pytest.mark.parametrize(
    ("section", "arrows"), [("Task", TASK_ARROWS), ("Subtask", SUBTASK_ARROWS), ("Approval", APPROVAL_ARROWS)]
)
def test_every_arrow_is_drawn_and_nothing_else(section: str, arrows: dict[str, frozenset[str]]) -> None:
    drawn = set(re.findall(r"(\S+) --> (\S+)", SECTIONS[section]))
    coded = {(a, b) for a, onward in arrows.items() for b in onward}
    ends = {(a, "[*]") for a, onward in arrows.items() if not onward}
    start = {(a, b) for a, b in drawn if a == "[*]"}
    assert drawn == coded | ends | start
    assert len(start) == 1
