"""Plans remembered: near ones advise, the same one is taken whole, far ones are silent."""

import pytest

from domain.tool import Effect
from planner.memory import Memory, Remembered, Step, remembered
from planner.pipeline import Planning
from tests.kit.planning import (
    GatesProduction,
    SharedWords,
    agent,
    agents_of,
    before,
    manifest,
    planning,
    request,
)

TOOLS = manifest(
    agent("search-train", "timetable"), agent("book-train", "ticket"), agent("weather", "forecast")
)
NAMES = ("Ada", "Bea", "Cleo", "Dora", "Eva")
TEXT = "Please book a train ticket from Ulm to Bonn on March {day}, my name is {name}."


def past(number: int, *agents: str) -> Remembered:
    text = "Trip\n" + TEXT.format(day=number, name=NAMES[number])
    steps = tuple(Step(agent=name, text=f"{name} for the trip") for name in agents)
    edges = tuple((place, place + 1) for place in range(len(agents) - 1))
    return Remembered(key=f"t{number}", text=text, manifest_version="m1", steps=steps, edges=edges)


def with_memory(*entries: Remembered) -> Planning:
    return Planning(TOOLS, SharedWords(TOOLS), GatesProduction(), Memory(entries))


def test_steps_that_similar_plans_had_are_added_in_their_place() -> None:
    memory = [past(number, "search-train", "book-train") for number in range(5)]
    plan = with_memory(*memory).plan_by_rules(
        request("Trip", "Please book a train ticket from Kiel to Trier on April 9.")
    )

    assert agents_of(plan) == ["search-train", "book-train"]
    assert before(plan, "book-train") == {"search-train"}


def test_a_step_that_nobody_asked_for_this_time_is_told_with_where_it_is_from() -> None:
    memory = [past(number, "search-train", "book-train") for number in range(5)]
    asked = request("Trip", "Please book a train ticket from Kiel to Trier on April 9.")
    plan = with_memory(*memory).plan_by_rules(asked)

    (told,) = [finding for finding in plan.findings if finding.code == "recalled"]
    place = int(told.path.removeprefix("requirements[").removesuffix("]"))
    (recalled,) = [s for s in plan.subtasks if plan.requirements[place].id in s.covers]
    assert (recalled.agent, told.severity) == ("search-train", "warning")
    assert {"t0", "t1", "t2", "t3", "t4"} & set(told.message.replace(",", "").split())
    untaught = Planning(TOOLS, SharedWords(TOOLS), GatesProduction()).plan_by_rules(asked)
    assert untaught.findings == ()


@pytest.mark.parametrize(
    ("effect", "added"), [("read", True), (None, True), ("write", False), ("external", False)]
)
def test_nothing_that_changes_the_world_is_done_only_because_it_was_done_before(
    effect: Effect | None, added: bool
) -> None:
    cards = [a.model_copy(update={"effect": effect}) if a.id == "search-train" else a for a in TOOLS.agents]
    known = TOOLS.model_copy(update={"agents": tuple(cards)})
    memory = Memory([past(number, "search-train", "book-train") for number in range(5)])
    plan = Planning(known, SharedWords(known), GatesProduction(), memory).plan_by_rules(
        request("Trip", "Please book a train ticket from Kiel to Trier on April 9.")
    )
    assert ("search-train" in agents_of(plan)) is added


def test_a_request_far_from_all_others_is_planned_by_its_own_words() -> None:
    memory = [past(number, "search-train", "book-train") for number in range(5)]
    plan = with_memory(*memory).plan_by_rules(request("Get the forecast"))

    assert agents_of(plan) == ["weather"]
    assert plan.planner == "rules"


def test_all_but_the_same_request_is_planned_as_it_was() -> None:
    memory = with_memory(past(3, "weather"))
    plan = memory.plan_by_rules(request("Trip", TEXT.format(day=8, name="Dora")))

    assert agents_of(plan) == ["weather"]
    assert plan.planner == "memory"
    (told,) = plan.findings
    assert (told.code, told.severity) == ("reused", "warning")
    assert "t3" in told.message
    assert "orchestrator memory forget t3" in told.mend


def test_a_plan_that_could_not_be_taken_whole_is_not_told_as_taken() -> None:
    asked = request("Fix the login handler and write a guide to the API")
    entry = Remembered(
        key="t9", text=asked.title, manifest_version="m1", steps=(Step(agent="docs", text="Write a guide"),)
    )
    software = planning()
    plan = Planning(software.manifest, software.routes, software.gate, Memory([entry])).plan_by_rules(asked)

    assert agents_of(plan) == ["backend", "docs"]
    assert (plan.planner, plan.findings) == ("rules", ())


def test_plans_for_another_version_of_the_manifest_have_no_say() -> None:
    old = past(3, "weather").model_copy(update={"manifest_version": "m0"})
    plan = with_memory(old).plan_by_rules(request("Trip", TEXT.format(day=8, name="Dora")))

    assert agents_of(plan) == ["book-train"]


def test_plans_with_agents_that_are_gone_have_no_say() -> None:
    plan = with_memory(past(3, "rocket")).plan_by_rules(request("Trip", TEXT.format(day=8, name="Dora")))

    assert agents_of(plan) == ["book-train"]


def test_new_work_in_a_familiar_request_is_not_lost() -> None:
    memory = [past(number, "search-train", "book-train") for number in range(5)]
    plan = with_memory(*memory).plan_by_rules(
        request(
            "Trip",
            "Please book a train ticket from Ulm to Bonn on March 3. Then get the forecast for Oslo and Rome.",
        )
    )

    assert "weather" in agents_of(plan)


def test_words_that_are_sure_are_not_overruled() -> None:
    entry = Remembered(
        key="t",
        text="Deploy the shop service to staging",
        manifest_version="m1",
        steps=(Step(agent="docs", text="Deploy the shop service"),),
    )
    plan = planning().plan_by_rules(request("Deploy the till service to staging"))
    advised = Planning(
        planning().manifest, planning().routes, planning().gate, Memory([entry, entry, entry])
    ).plan_by_rules(request("Deploy the till service to staging"))

    assert agents_of(plan) == ["release"]
    assert "release" in agents_of(advised)


def test_what_is_kept_of_a_plan_is_enough_to_plan_it_again() -> None:
    asked = request("Ship it", "Fix the login handler, then deploy the fix to production.")
    plan = planning().plan_by_rules(asked)
    kept = remembered(asked, plan)

    assert kept is not None
    assert [step.agent for step in kept.steps] == ["backend", "release"]
    assert kept.edges == ((0, 1),)


def test_a_plan_with_unassigned_work_is_not_kept() -> None:
    asked = request("Juggle five torches")
    plan = planning(TOOLS).plan_by_rules(asked)

    assert plan.subtasks[0].agent is None
    assert remembered(asked, plan) is None


def test_the_nearest_come_first_and_similarity_is_a_share() -> None:
    memory = Memory(
        [
            past(1, "weather"),
            past(2, "weather"),
            Remembered(key="x", text="wash the car", manifest_version="m1", steps=()),
        ]
    )
    found = memory.nearest(TEXT.format(day=2, name="Cleo"), "m1")

    assert found[0].past.key == "t2"
    assert all(0.0 <= match.similarity <= 1.0 for match in found)
