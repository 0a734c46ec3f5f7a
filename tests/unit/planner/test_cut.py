"""Where a sentence falls into steps."""

import pytest

from planner.rules.asks import asked
from planner.rules.clauses import parse
from planner.rules.lists import listed
from planner.rules.shape.shaped import shaped


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (
            "Add a sunset header, turn v1 off on 31 January, and delete the code.",
            ["Add a sunset header", "turn v1 off on 31 January", "delete the code"],
        ),
        ("Run the visual regression, ship.", ["Run the visual regression", "ship"]),
        ("Patch the images, rebuild, scan them.", ["Patch the images", "rebuild", "scan them"]),
        (
            "Check whether messages were lost, replay from the backup topic.",
            ["Check whether messages were lost", "replay from the backup topic"],
        ),
    ],
)
def test_each_order_is_a_step(text: str, steps: list[str]) -> None:
    assert [clause.text for clause in parse(text) if clause.kind == "action"] == steps


def test_names_behind_one_preposition_stay_together() -> None:
    items = listed("accounts in GitHub, Slack and AWS with read-only rights")
    assert [item.text for item in items] == ["accounts in GitHub, Slack and AWS with read-only rights"]


def test_a_yes_that_is_waited_for_is_to_the_work_behind_it() -> None:
    read = asked("Login page", "Build it behind a flag, get sign-off from UX, ramp up to everybody.")
    build, ramp = shaped(read.asks, read.theme)
    assert build.also == ()
    assert ramp.also == ("get sign-off from UX",)
