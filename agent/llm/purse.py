"""What planning one request may spend on models: reserved before each call, settled after it."""

import json
import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from agent.llm.rungs import Put
from domain.budget import Budget
from domain.completion import Completion, Message
from domain.drafting import Spending
from domain.errors import ModelError

BYTES_A_TOKEN: Final = 3
"""Fewer than in any language's usual text, so that an estimate is rather too high."""

A_MESSAGE: Final = 16
LEAST_OUT: Final = 400
"""Tokens of an answer below which asking makes no sense."""


class Price(NamedTuple):
    """US dollars for a million tokens."""

    tokens_in: float
    tokens_out: float

    def of(self, tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * self.tokens_in + tokens_out * self.tokens_out) / 1e6


class Reserved(NamedTuple):
    price: Price | None
    tokens_in: int
    tokens_out: int

    @property
    def usd(self) -> float:
        return self.price.of(self.tokens_in, self.tokens_out) if self.price else 0.0

    @property
    def amounts(self) -> tuple[float, int]:
        return self.usd, self.tokens_in + self.tokens_out


class Purse:
    """One request's; not shared."""

    def __init__(self, *, limit_tokens: int, answer_tokens: int, limit_usd: float | None = None) -> None:
        self._answer_tokens = answer_tokens
        self._budget = Budget(
            limit_tokens=limit_tokens, limit_usd=math.inf if limit_usd is None else limit_usd
        )
        self._spending = Spending()

    @property
    def spending(self) -> Spending:
        return self._spending

    def reserve(self, put: Put, price: Price | None) -> Reserved:
        """Set aside what a call may cost at most, an answer as long as there is room for among it.

        Raises BudgetExceededError where no answer worth having is left room for.
        """
        tokens_in = estimated(put)
        room = min(self._answer_tokens, self._room(tokens_in, price))
        wanted = Reserved(price, tokens_in, max(room, LEAST_OUT))
        usd, tokens = wanted.amounts
        self._budget = self._budget.reserve(usd=usd, tokens=tokens)
        return wanted

    def answered(self, reserved: Reserved, answer: Completion) -> None:
        """What a server does not tell of its usage is estimated."""
        tokens_in = answer.tokens_in or reserved.tokens_in
        tokens_out = answer.tokens_out or _tokens(answer.text)
        self._book(reserved, tokens_in, tokens_out)

    def failed(self, reserved: Reserved, error: ModelError) -> None:
        """A server that spoke an error did no work; one that was cut off or fell silent may have done all of it."""
        silent = error.kind == "timed_out" or (error.kind == "failed" and error.status is None)
        self._book(reserved, *((reserved.tokens_in, reserved.tokens_out) if silent else (0, 0)))

    def _room(self, tokens_in: int, price: Price | None) -> int:
        budget = self._budget
        tokens = budget.limit_tokens - budget.spent_tokens - budget.reserved_tokens - tokens_in
        if price is None or not price.tokens_out or math.isinf(budget.limit_usd):
            return tokens
        usd = budget.limit_usd - budget.spent_usd - budget.reserved_usd - price.of(tokens_in, 0)
        return min(tokens, math.floor(usd * 1e6 / price.tokens_out) - 1)

    def _book(self, reserved: Reserved, tokens_in: int, tokens_out: int) -> None:
        usd = reserved.price.of(tokens_in, tokens_out) if reserved.price else 0.0
        self._budget = self._budget.settle(reserved.amounts, usd=usd, tokens=tokens_in + tokens_out)
        spent = self._spending
        known = reserved.price is not None and (spent.calls == 0 or spent.cost_usd is not None)
        self._spending = Spending(
            calls=spent.calls + 1,
            tokens_in=spent.tokens_in + tokens_in,
            tokens_out=spent.tokens_out + tokens_out,
            cost_usd=round((spent.cost_usd or 0.0) + usd, 9) if known else None,
        )


def estimated(put: Put) -> int:
    """Tokens of a question, rather too many."""
    shape = json.dumps(put.schema, ensure_ascii=False) if put.schema else ""
    return _all(put.messages) + _tokens(shape)


def _all(messages: Sequence[Message]) -> int:
    return sum(_tokens(message.text) + A_MESSAGE for message in messages)


def _tokens(text: str) -> int:
    return math.ceil(len(text.encode(errors="replace")) / BYTES_A_TOKEN)
