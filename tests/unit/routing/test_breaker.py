"""When an agent is left alone, and when it is tried again."""

from datetime import UTC, datetime, timedelta

from routing.breaker import Breaker, BreakerLimits

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LIMITS = BreakerLimits(failures=3, pause_s=10, pause_cap_s=25)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def failing(times: int) -> Breaker:
    breaker = Breaker(limits=LIMITS)
    for _ in range(times):
        breaker = breaker.failed(NOON)
    return breaker


def test_it_stays_closed_below_the_limit_and_opens_at_it() -> None:
    assert failing(2).state(NOON) == "closed"
    assert failing(3).state(NOON) == "open"
    assert not failing(3).allows(after(9))


def test_a_success_in_between_starts_the_count_anew() -> None:
    breaker = failing(2).succeeded().failed(NOON).failed(NOON)
    assert breaker.state(NOON) == "closed"


def test_after_the_pause_one_probe_is_let_through_at_a_time() -> None:
    breaker = failing(3)
    assert breaker.state(after(10)) == "half_open"
    probing = breaker.calling(after(10))
    assert breaker.allows(after(10))
    assert not probing.allows(after(11))


def test_a_probe_that_was_never_heard_of_again_does_not_shut_the_breaker_for_good() -> None:
    assert failing(3).calling(after(10)).allows(after(20))


def test_a_failed_probe_doubles_the_pause_up_to_its_cap() -> None:
    once = failing(3).calling(after(10)).failed(after(10))
    assert once.pause == timedelta(seconds=20)
    assert once.state(after(29)) == "open"
    twice = once.calling(after(30)).failed(after(30))
    assert twice.pause == timedelta(seconds=25)


def test_a_successful_probe_closes_it() -> None:
    assert failing(3).calling(after(10)).succeeded().state(after(10)) == "closed"


def test_late_failures_of_calls_made_before_do_not_prolong_the_pause() -> None:
    breaker = failing(3).failed(after(5))
    assert breaker.state(after(10)) == "half_open"
