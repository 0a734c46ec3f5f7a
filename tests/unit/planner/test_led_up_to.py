"""A title that asks for one thing, over a description that tells what comes before it, or what is done with it."""

import pytest

from planner.rules.asks import asked


def test_what_the_title_asks_comes_after_what_the_description_puts_first() -> None:
    read = asked("Unlock the account of Anna", "She was locked out. Verify her identity first.")
    assert [ask.text for ask in read.asks] == ["Verify her identity first", "Unlock the account of Anna"]
    assert read.asks[1].after == (0,)


def test_a_description_that_orders_more_than_preparations_tells_it_all() -> None:
    read = asked("Delete the tenant", "First export its data, then delete it.")
    assert [ask.text for ask in read.asks] == ["export its data", "delete it"]


def test_the_log_of_an_audit_is_a_thing_among_others() -> None:
    read = asked("Sign-on", "We need an admin page, audit log entries for each login, an integration guide.")
    assert "audit" not in {ask.clause.verb for ask in read.asks}


def test_what_is_to_be_is_made_before_it_is_tested_and_rolled_out() -> None:
    read = asked("Dark mode", "The app should follow the system theme. Test it on Android and roll it out.")
    assert [ask.text for ask in read.asks] == ["Dark mode", "Test it on Android", "roll it out"]
    assert read.asks[0].acceptance == ("The app should follow the system theme",)


def test_a_fault_that_is_told_is_not_made() -> None:
    read = asked("Broken totals", "The totals are wrong. Fix it and test it.")
    assert [ask.text for ask in read.asks] == ["Fix it", "test it"]


@pytest.mark.parametrize(
    ("title", "description", "steps"),
    [
        (
            "Hash the PINs; security signs it off afterwards",
            "The PINs of the cards are stored in plain text. Have security sign it off.",
            ["Hash the PINs", "security signs it off"],
        ),
        ("Rotate the key and scan the repo", "Grant Bob admin rights.", ["Grant Bob admin rights"]),
        (
            "Deploy 2.4 and ramp it up to 50 %",
            "Roll back the payment service.",
            ["Roll back the payment service"],
        ),
    ],
)
def test_a_title_that_says_more_stands_for_no_order_that_it_does_not_say(
    title: str, description: str, steps: list[str]
) -> None:
    assert [ask.text for ask in asked(title, description).asks] == steps
