"""What nobody is found to need and is then taken away is named where it is only pointed at."""

import pytest

from planner.rules.asks import asked
from planner.rules.shape.shaped import shaped


def texts(description: str) -> list[str]:
    read = asked("Tidy up", description)
    return [ask.text for ask in shaped(read.asks, read.theme)]


@pytest.mark.parametrize(
    ("description", "step"),
    [
        ("Check that no service uses the role, then remove it.", "remove the role"),
        ("Make sure that nothing reads from the old bucket, then delete it.", "delete the old bucket"),
        ("Confirm no one still needs the VPN accounts and disable them.", "disable the VPN accounts"),
    ],
)
def test_the_thing_that_was_looked_at_is_the_one_that_is_taken_away(description: str, step: str) -> None:
    assert texts(description)[-1] == step


def test_what_has_a_name_of_its_own_keeps_it() -> None:
    told = texts("Check that no service uses the role, then remove the user.")
    assert told[-1] == "remove the user"


def test_that_nobody_reads_a_thing_is_looked_at_and_no_limit() -> None:
    assert texts("Verify nobody reads them, then drop them.") == ["Verify nobody reads them", "drop them"]
