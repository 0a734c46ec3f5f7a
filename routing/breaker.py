"""Per-agent circuit breaker: after failures in a row an agent is left alone for a while, then tried once."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from domain.base import Instant, Value

BreakerState = Literal["closed", "open", "half_open"]


class BreakerLimits(Value):
    """When to open and for how long; every further opening doubles the pause up to its cap."""

    failures: int = Field(default=5, ge=1)
    pause_s: float = Field(default=30.0, gt=0)
    pause_cap_s: float = Field(default=600.0, gt=0)


class Breaker(Value):
    """Counts failures in a row. A change gives the next value; time is always handed in."""

    limits: BreakerLimits = BreakerLimits()
    failures: int = 0
    openings: int = 0
    opened_at: Instant | None = None
    probed_at: Instant | None = None

    @property
    def pause(self) -> timedelta:
        doubled = self.limits.pause_s * 2.0 ** min(self.openings - 1, 30) if self.openings else 0.0
        return timedelta(seconds=min(self.limits.pause_cap_s, doubled))

    def state(self, now: datetime) -> BreakerState:
        if self.opened_at is None:
            return "closed"
        return "half_open" if now >= self.opened_at + self.pause else "open"

    def allows(self, now: datetime) -> bool:
        """Whether a call may be made; half open, one at a time.

        A probe that nobody heard of again does not keep the breaker shut for longer than a pause.
        """
        match self.state(now):
            case "closed":
                return True
            case "open":
                return False
            case "half_open":
                return self.probed_at is None or now >= self.probed_at + self.pause

    def calling(self, now: datetime) -> "Breaker":
        """A call is about to be made; half open, it is the probe."""
        return self.model_copy(update={"probed_at": now}) if self.state(now) == "half_open" else self

    def succeeded(self) -> "Breaker":
        return Breaker(limits=self.limits)

    def failed(self, now: datetime) -> "Breaker":
        failures = self.failures + 1
        if self.state(now) == "closed" and failures < self.limits.failures:
            return self.model_copy(update={"failures": failures})
        if self.state(now) == "open":
            return self.model_copy(update={"failures": failures})
        return self.model_copy(
            update={
                "failures": failures,
                "openings": self.openings + 1,
                "opened_at": now,
                "probed_at": None,
            }
        )
