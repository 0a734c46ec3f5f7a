"""One model with what is known of it in this process: whether it is left alone, and which shapes it knows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from agent.llm.port import LanguageModel
from agent.llm.purse import Price
from agent.llm.rungs import LADDER, Rung
from routing.breaker import Breaker, BreakerLimits

PATIENCE: Final = BreakerLimits(failures=3, pause_s=30.0, pause_cap_s=300.0)
"""Questions in a row, each with its retries, that a model may leave unanswered."""


@dataclass
class Speaker:
    name: str
    model: LanguageModel
    now: Callable[[], datetime]
    price: Price | None = None
    rung: Rung = LADDER[0]
    breaker: Breaker = Breaker(limits=PATIENCE)  # noqa: RUF009  a frozen value

    def may_be_asked(self) -> bool:
        return self.breaker.allows(self.now())

    def asked(self) -> None:
        self.breaker = self.breaker.calling(self.now())

    def answered(self, rung: Rung) -> None:
        """It answered; what it took on this rung it takes again."""
        self.breaker = self.breaker.succeeded()
        self.rung = rung

    def failed(self) -> None:
        self.breaker = self.breaker.failed(self.now())

    @property
    def rests_for_s(self) -> float:
        opened = self.breaker.opened_at
        if opened is None:
            return 0.0
        return max(0.0, (opened + self.breaker.pause - self.now()).total_seconds())
