"""What is drawn of plans, gates and lists."""

import io

import pytest
from rich.console import Console, RenderableType

from agent.cli.draw.plan import MOST, Picture, gate, plan_tree, whole
from agent.cli.draw.words import short_names, span
from agent.cli.planning import Tried, answered
from agent.cli.read import read
from domain.drafting import Drafting, Spending
from domain.plan import Plan
from domain.request import Request
from domain.verdict import Demand, RuleHit, Verdict
from tests.kit.plans import node, plan_of, subtask

DEMAND = Demand(roles=("tech_lead", "release_manager"), ttl_s=86_400)
HIT = RuleHit(
    rule="changes-production",
    level="high",
    why="publish in production (notes)",
    subtask_id=node("t", "publisher"),
    would_be_lower_if="it were done in staging or development",
)


def shown(*parts: RenderableType, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False)
    console.print(*parts, sep="\n")
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def drawn(title: str = "Release the notes", *, demand: Demand | None = DEMAND) -> tuple[Request, Plan]:
    """Collecting and the date, then writing, then publishing, which people have to allow."""
    collector = subtask("t", "collector", agent_id="collector").model_copy(update={"title": title})
    dated = subtask("t", "clock", ordinal=1, agent_id="clock").model_copy(
        update={"implied": True, "covers": ()}
    )
    writer = subtask("t", "writer", "collector clock", ordinal=2, agent_id="writer")
    publisher = subtask("t", "publisher", "writer", ordinal=3, agent_id="publisher").model_copy(
        update={"gated": demand is not None, "risk": "high"}
    )
    verdict = Verdict(
        level="high", hits=(HIT,), demand=demand, gated=(publisher.subtask_id,) if demand else ()
    )
    made = plan_of("t", collector, dated, writer, publisher, verdict=verdict)
    wanted = tuple(requirement for requirement in made.requirements if requirement.id != "R2")
    request = Request(task_id="t", title=title)
    return request, made.model_copy(update={"requirements": wanted, "constraints": ("keep it short",)})


def picture(title: str = "Release the notes", *, demand: Demand | None = DEMAND) -> Picture:
    tried = read(Tried, answered(*drawn(title, demand=demand)))
    return Picture(title, tried.plan, tried.subtasks, tried.dependencies)


@pytest.fixture
def release() -> Picture:
    return picture()


def test_a_plan_shows_who_does_what_after_whom_and_why(release: Picture) -> None:
    tree = shown(plan_tree(release))
    lines = [line.strip("│├└─ ") for line in tree.splitlines()]
    assert lines[0].startswith(f"Plan {release.plan.plan_hash[:12]} · 4 subtasks in 3 waves · risk high")
    for told in (
        "wave 3",
        "do publisher ← needs approval",
        "publisher · risk high · covers R4",
        "after writer: publisher after writer",
        "clock · risk low · implied",
    ):
        assert told in lines


def test_each_requirement_is_named_with_whoever_covers_it(release: Picture) -> None:
    text = shown(*whole(release))
    assert "R3  do writer           writer" in text
    assert "+   do clock (implied)  clock" in text
    assert "- keep it short" in text


def test_the_gate_begins_with_what_is_gravest(release: Picture) -> None:
    small = HIT.model_copy(update={"rule": "only-named", "level": "medium"})
    verdict = release.plan.verdict.model_copy(update={"hits": (small, HIT)})
    text = shown(gate(release._replace(plan=release.plan.model_copy(update={"verdict": verdict}))))
    assert text.index(HIT.rule) < text.index(small.rule)


def test_the_gate_names_the_rules_what_would_lift_them_and_whom_it_asks(release: Picture) -> None:
    text = shown(gate(release))
    assert "changes-production on publisher: publish in production (notes)" in text
    assert "lower if it were done in staging or development" in text
    assert "1 of tech_lead, release_manager must approve within 24 h, and not whoever asked." in " ".join(
        text.split()
    )


def test_a_harmless_plan_says_that_nobody_is_asked() -> None:
    assert "No approval is needed." in shown(gate(picture(demand=None)))


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_terminal(release: Picture, width: int) -> None:
    lines = shown(*whole(release), width=width).splitlines()
    assert max(map(len, lines)) <= width


def test_markup_and_escapes_in_a_request_are_text() -> None:
    text = shown(*whole(picture("Write notes [red]now[/red] \x1b[31m:boom:")))
    assert "[red]now[/red]" in text
    assert "\x1b" not in text


def test_of_a_very_large_plan_a_part_is_drawn_and_the_rest_counted(release: Picture) -> None:
    many = [release.subtasks[0].model_copy(update={"subtask_id": f"s{i}"}) for i in range(1000)]
    text = shown(plan_tree(release._replace(subtasks=many, dependencies=())))
    assert f"and {1000 - MOST} more" in text


def test_a_tried_plan_has_the_shape_of_the_apis_answer() -> None:
    answer = answered(*drawn())
    assert answer["status"] == "approval_pending"
    assert set(answer) == {
        *("task_id", "status", "plan", "subtasks", "routing_plan", "duplicate", "request_changed"),
        "dependencies",
    }


@pytest.mark.parametrize(
    ("agents", "names"),
    [
        ({"x": "git", "y": "clock"}, {"x": "git", "y": "clock"}),
        ({"git::t::1": "git", "git::t::2": "git"}, {"git::t::1": "git 1", "git::t::2": "git 2"}),
        (
            {"git::t::1": "git", "clock::t::1": "git", "git::t::2": "git", "clock::t::2": "clock"},
            {
                "git::t::1": "git::t::1",
                "clock::t::1": "clock::t::1",
                "git::t::2": "git 2",
                "clock::t::2": "clock",
            },
        ),
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


def test_a_plan_says_how_a_model_took_part_and_why_its_plan_was_not_taken() -> None:
    spent = Spending(calls=3, tokens_in=900, tokens_out=100, cost_usd=0.0125)
    drafting = Drafting(outcome="refused", model="small", rounds=2, spending=spent)
    request, made = drawn()
    made = made.model_copy(update={"drafting": drafting, "degraded_reason": "no \x1b[31mvalid plan"})
    tried = read(Tried, answered(request, made))
    text = " ".join(shown(*whole(Picture("x", tried.plan, tried.subtasks, tried.dependencies))).split())
    assert "brought along (no" in text
    assert "small, 2 rounds, 3 calls, 1000 tokens, $0.0125" in text
    assert "\x1b" not in text
