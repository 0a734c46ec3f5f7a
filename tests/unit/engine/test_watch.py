"""Who is taken for frozen, and what is taken for a clock that was put back."""

from datetime import UTC, datetime, timedelta

from agent.store.watch import Look, Watch

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def look(asked: float, *, clock: float | None = None, **beats: float) -> Look:
    """At `asked` seconds of the steady clock; the database's and the beats are seconds after noon."""
    at = NOON + timedelta(seconds=asked if clock is None else clock)
    return Look(
        {int(worker[1:]): NOON + timedelta(seconds=beat) for worker, beat in beats.items()}, at, asked
    )


def test_who_has_not_beaten_for_so_long_is_silent() -> None:
    watch = Watch(4.0)
    assert watch.silent(look(0, w1=0, w2=0)) == {}
    assert watch.silent(look(3, w1=3, w2=0)) == {}
    assert watch.silent(look(4.5, w1=4, w2=0)) == {2: NOON}
    assert watch.silent(look(5, w1=5, w2=5)) == {}


def test_however_the_databases_clock_is_set_whoever_beats_lives_and_who_does_not_is_silent() -> None:
    for hours in (-5, 5):
        step, watch = hours * 3600.0, Watch(4.0)
        assert watch.silent(look(0, w1=0, w2=0)) == {}
        assert watch.silent(look(1, clock=step, w1=0, w2=0)) == {}
        assert watch.silent(look(4.5, clock=step + 4, w1=step + 4, w2=0)) == {2: NOON}


def test_whoever_was_frozen_itself_judges_nobody_by_what_it_slept_through() -> None:
    watch = Watch(4.0)
    watch.silent(look(0, w1=0, w2=0))
    assert watch.silent(look(60, w1=0, w2=59)) == {1: NOON}
    watch = Watch(4.0)
    watch.silent(look(0, w2=0))
    assert watch.silent(look(60, w2=59)) == {}


def test_a_clock_that_was_put_back_is_noticed_and_one_that_went_on_or_ahead_is_not() -> None:
    watch = Watch(4.0)
    told = [
        watch.went_back(look(asked, clock=clock))
        for asked, clock in ((0, 0), (1, 1), (2, 0.5), (3, 9), (4, 4))
    ]
    assert told == [True, False, False, False, True]
