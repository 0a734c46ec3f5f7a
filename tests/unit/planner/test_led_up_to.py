"""A title that asks for one thing, over a description that tells only what comes before it."""

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
