"""Who is taken for frozen."""

from datetime import UTC, datetime, timedelta

from agent.store.watch import Watch

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def beats(**seconds: float) -> dict[int, datetime]:
    """The last beat of each worker, in seconds after noon by the database's clock."""
    return {int(worker[1:]): NOON + timedelta(seconds=beat) for worker, beat in seconds.items()}


def test_who_has_not_beaten_for_so_long_is_silent() -> None:
    watch = Watch(4.0)
    assert watch.silent(beats(w1=0, w2=0), 0) == {}
    assert watch.silent(beats(w1=3, w2=0), 3) == {}
    assert watch.silent(beats(w1=4, w2=0), 4.5) == {2: NOON}
    assert watch.silent(beats(w1=5, w2=5), 5) == {}


def test_however_the_databases_clock_is_set_whoever_beats_lives_and_who_does_not_is_silent() -> None:
    for hours in (-5, 5):
        step, watch = hours * 3600.0, Watch(4.0)
        assert watch.silent(beats(w1=0, w2=0), 0) == {}
        assert watch.silent(beats(w1=0, w2=0), 1) == {}
        assert watch.silent(beats(w1=step + 4, w2=0), 4.5) == {2: NOON}


def test_whoever_was_frozen_itself_judges_nobody_by_what_it_slept_through() -> None:
    watch = Watch(4.0)
    watch.silent(beats(w1=0, w2=0), 0)
    assert watch.silent(beats(w1=0, w2=59), 60) == {1: NOON}
    watch = Watch(4.0)
    watch.silent(beats(w2=0), 0)
    assert watch.silent(beats(w2=59), 60) == {}
