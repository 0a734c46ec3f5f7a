"""What is drawn of plans, gates and lists."""

import io

import pytest
from rich.console import Console, RenderableType

from agent.bootstrap import plans
from agent.cli.draw.plan import MOST, Picture, gate, plan_tree, whole
from agent.cli.draw.words import short_names, span
from agent.cli.planning import Tried, answered
from agent.cli.read import read
from agent.cli.wording import Wording
from agent.config import load
from domain.base import JsonObject

REQUEST = (
    "Collect the last commits of the repository, write release notes from them, check that the notes mention "
    "every commit, then publish the notes to production"
)


def shown(*parts: RenderableType, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False)
    console.print(*parts, sep="\n")
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def planned(text: str) -> JsonObject:
    request = Wording(text, task_id="t").request()
    return answered(
        request,
        plans(load(orchestrator_manifest=None, orchestrator_policy=None)).planning.plan_by_rules(request),
    )


def picture(text: str) -> Picture:
    tried = read(Tried, planned(text))
    return Picture(text, tried.plan, tried.subtasks, tried.dependencies)


@pytest.fixture(scope="module")
def release() -> Picture:
    return picture(REQUEST)


def test_a_plan_shows_who_does_what_after_whom_and_why(release: Picture) -> None:
    tree = shown(plan_tree(release))
    lines = [line.strip("│├└─ ") for line in tree.splitlines()]
    assert lines[0].startswith(f"Plan {release.plan.plan_hash[:12]} · 5 subtasks in 4 waves · risk high")
    for told in (
        "wave 4",
        "Publish the notes to production ← needs approval",
        "publisher · risk high · covers R4",
        "after notes-check: “then” in the request",
    ):
        assert told in lines


def test_each_requirement_is_named_with_whoever_covers_it(release: Picture) -> None:
    text = shown(*whole(release))
    assert "R3  check that the notes mention every commit   notes-check" in text
    assert "Provide date (implied)" in text


def test_the_gate_names_the_rules_what_would_lift_them_and_whom_it_asks(release: Picture) -> None:
    text = shown(gate(release))
    for hit in release.plan.verdict.hits:
        assert hit.rule in text
        assert f"lower if {hit.would_be_lower_if}" in text
    assert "1 of tech_lead, release_manager" in text
    assert "must approve within 24 h" in " ".join(text.replace("│", " ").split())


def test_a_harmless_plan_says_that_nobody_is_asked() -> None:
    assert "No approval is needed." in shown(gate(picture("Show the status of the working tree")))


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_terminal(release: Picture, width: int) -> None:
    lines = shown(*whole(release), width=width).splitlines()
    assert max(map(len, lines)) <= width


def test_markup_and_escapes_in_a_request_are_text() -> None:
    text = shown(
        *whole(picture("Write release notes [red]now[/red] \x1b[31m:boom: and publish them to production"))
    )
    assert "[red]now[/red]" in text
    assert "\x1b" not in text


def test_of_a_very_large_plan_a_part_is_drawn_and_the_rest_counted(release: Picture) -> None:
    many = [release.subtasks[0].model_copy(update={"subtask_id": f"s{i}"}) for i in range(1000)]
    text = shown(plan_tree(release._replace(subtasks=many, dependencies=())))
    assert f"and {1000 - MOST} more" in text


def test_a_tried_plan_has_the_shape_of_the_apis_answer(release: Picture) -> None:
    answer = planned(REQUEST)
    assert answer["status"] == "approval_pending"
    assert set(answer) == {
        *("task_id", "status", "plan", "subtasks", "routing_plan", "duplicate", "request_changed"),
        "dependencies",
    }


@pytest.mark.parametrize(
    ("agents", "names"),
    [
        ({"x": "git", "y": "clock"}, {"x": "git", "y": "clock"}),
        ({"x": "git", "y": "git"}, {"x": "x", "y": "y"}),
        ({"x": None}, {"x": "x"}),
    ],
)
def test_a_subtask_is_called_by_its_agent_where_that_says_which(
    agents: dict[str, str | None], names: dict[str, str]
) -> None:
    assert short_names(agents) == names


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-1, "0.00 s"),
        (0.1234, "0.12 s"),
        (43.4, "43 s"),
        (125, "2 min 5 s"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
        (86_400, "24 h"),
        (266_400, "3 d 2 h"),
    ],
)
def test_spans_of_time_are_told_as_people_tell_them(seconds: float, told: str) -> None:
    assert span(seconds) == told
