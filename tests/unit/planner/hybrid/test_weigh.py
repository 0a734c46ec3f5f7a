"""A model's answer weighed: any damage to it ends in a sound plan or in findings, and never below the rules' gates."""

import json
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.agent import RISK_ORDER
from domain.base import JsonObject
from domain.plan import Plan
from planner.check import hard
from planner.coverage import matrix
from planner.hybrid.answer import Answer, read
from planner.hybrid.division import divided
from planner.hybrid.floor import lost
from planner.hybrid.material import Material, material
from planner.hybrid.weigh import Weighed, weighed
from tests.kit.drafts import answer, piece
from tests.kit.planning import (
    NOTES_MANIFEST,
    SOFTWARE,
    SOFTWARE_MANIFEST,
    agents_of,
    before,
    manifest,
    planning,
    request,
)
from tests.kit.planning import agent as agent_of

SHIP = request(
    "Ship it",
    "Design the export. Fix the handler and drop the old table in production. Then deploy it to production, "
    "and write the guide.",
)


@cache
def told() -> Material:
    house = planning()
    return material(house, SHIP, house.plan_by_rules(SHIP))


def weigh(*pieces: JsonObject) -> Weighed:
    said = read(answer(*pieces), most=100)
    assert isinstance(said, Answer)
    return weighed(said, told(), planning(), {})


def whole(agents: Sequence[str]) -> list[JsonObject]:
    return [piece(f"s{r.id}", agent, r.id) for r, agent in zip(told().requirements, agents, strict=False)]


def taken(found: Weighed) -> Plan:
    assert found.plan is not None
    assert not hard(found.plan.findings)
    assert matrix(found.plan).exact
    return found.plan


def of_rules() -> list[str]:
    return [
        str(next(s.agent for s in told().rules.subtasks if r.id in s.covers)) for r in told().requirements
    ]


def test_the_rules_own_division_comes_back_as_it_went() -> None:
    plan = taken(weigh(*whole(of_rules())))
    assert [s.agent for s in plan.subtasks if not s.implied] == of_rules()


def test_a_part_in_harmless_words_is_judged_by_the_words_of_the_whole() -> None:
    rules = told().rules
    risky = next(s for s in rules.subtasks if s.gated)
    pieces = [piece(f"s{r.id}", a, r.id) for r, a in zip(told().requirements, of_rules(), strict=True)]
    split = [p for p in pieces if p["covers"] != [{"requirement": risky.covers[0], "part": None}]]
    split += [piece("x", "docs", f"{risky.covers[0]}: this"), piece("y", "docs", f"{risky.covers[0]}: that")]
    plan = taken(weigh(*split))
    assert all(s.gated for s in plan.subtasks if s.title.startswith(("x ", "y ")))


def test_numbers_that_the_task_has_used_are_not_used_again() -> None:
    said = read(answer(*whole(of_rules())), most=100)
    assert isinstance(said, Answer)
    plan = weighed(said, told(), planning(), {of_rules()[0]: 4}).plan
    assert plan is not None
    assert plan.subtasks[0].subtask_id == f"{of_rules()[0]}::t-1::5"


AGENTS = [*SOFTWARE, "stranger", "no such!", ""]
IDS = ["R1", "R2", "R3", "R4", "R5", "R9"]


@st.composite
def answers(draw: st.DrawFn) -> str:
    """Anything in the right shape: circles, strangers, holes, overlaps, floods of edges, claims of safety."""
    count = draw(st.integers(0, 7))
    keys = st.sampled_from([f"s{n}" for n in range(8)])
    pieces = []
    for number in range(count):
        covers = draw(st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(["", "a", "b"])), max_size=3))
        pieces.append(
            piece(
                f"s{number}",
                draw(st.sampled_from(AGENTS)),
                *(f"{r}: {part}" if part else r for r, part in covers),
                after=draw(st.lists(keys, max_size=4)),
                title=draw(st.sampled_from(["Tidy up", "", "Deploy to production", "risk: low"])),
                risk="low",
                approver="me",
            )
        )
    return json.dumps({"subtasks": pieces})


@settings(max_examples=60, deadline=None)
@given(answers())
def test_any_answer_is_a_sound_plan_that_keeps_every_gate_or_findings(text: str) -> None:
    said = read(text, most=100)
    assert isinstance(said, Answer)
    found = weighed(said, told(), planning(), {})
    if found.plan is None:
        assert hard(found.findings)
        return
    plan, rules = taken(found), told().rules
    assert RISK_ORDER[plan.verdict.level] >= RISK_ORDER[rules.verdict.level]
    for was in (s for s in rules.subtasks if s.gated):
        for requirement in was.covers:
            now = [
                s
                for s in plan.subtasks
                if any(c == requirement or c.startswith(f"{requirement}.") for c in s.covers)
            ]
            assert any(s.gated for s in now)
    assert {s.agent for s in plan.subtasks} <= {*SOFTWARE, None}


def test_the_floor_sees_a_gate_that_is_gone() -> None:
    found = weigh(*whole(of_rules()))
    plan = taken(found)
    said = read(answer(*whole(of_rules())), most=100)
    assert isinstance(said, Answer)
    division = divided(said.subtasks, told().requirements)
    assert lost(told().rules, plan.subtasks, division) == ()
    calm = [s.model_copy(update={"gated": False, "risk": "low"}) for s in plan.subtasks]
    assert set(lost(told().rules, calm, division)) == {
        r for s in told().rules.subtasks if s.gated for r in s.covers
    }


def test_work_that_nobody_asked_for_is_taken_from_an_agent_that_only_reads() -> None:
    reader = agent_of("reader", "look").model_copy(update={"effect": "read"})
    house = planning(manifest(*SOFTWARE_MANIFEST.agents, reader))
    said = read(answer(*whole(of_rules()), piece("look", "reader", after=["sR1"])), most=100)
    assert isinstance(said, Answer)
    plan = taken(weighed(said, told(), house, {}))
    assert [s.implied for s in plan.subtasks if s.agent == "reader"] == [True]


@pytest.mark.parametrize("agent", ["docs", "database"])
def test_work_that_nobody_asked_for_may_only_read(agent: str) -> None:
    plan = taken(weigh(*whole(of_rules()), piece("more", agent, after=["sR1"])))
    assert not any(s.title.startswith("more") for s in plan.subtasks), "no agent here is known to only read"


def test_the_work_of_an_agent_that_is_not_there_goes_to_whom_the_rules_gave_it() -> None:
    asked = [piece(f"s{r.id}", "nobody", r.id, title="Step") for r in told().requirements]
    found = weigh(*asked)
    assert [s.agent for s in taken(found).subtasks if not s.implied] == of_rules()
    assert found.mended == ("unknown_agent",)


@pytest.mark.parametrize("reversed_by_model", [True, False])
def test_what_is_published_is_written_before_whatever_the_model_says(reversed_by_model: bool) -> None:
    house, asked = planning(NOTES_MANIFEST), request("Write the release notes and publish them")
    known = material(house, asked, house.plan_by_rules(asked))
    pieces = [
        piece("write", "release-notes", "R1", after=["publish"] if reversed_by_model else []),
        piece("publish", "publisher", "R2"),
    ]
    said = read(answer(*pieces), most=9)
    assert isinstance(said, Answer)
    found = weighed(said, known, house, {})
    plan = taken(found)
    assert agents_of(plan).count("release-notes") == 1
    assert "release-notes" in before(plan, "publisher")
    assert found.mended == (("circle",) if reversed_by_model else ())
