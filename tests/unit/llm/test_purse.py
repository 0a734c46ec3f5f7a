"""Spending is reserved before a call and settled after it."""

import pytest

from agent.llm.purse import LEAST_OUT, Price, Purse, estimated
from agent.llm.rungs import put
from domain.completion import Completion, Message
from domain.errors import BudgetExceededError, ModelError

QUESTION = put(
    [Message(role="system", text="s" * 300), Message(role="user", text="u" * 300)], {}, "json_schema"
)


def said(tokens_in: int, tokens_out: int, text: str = "x" * 30) -> Completion:
    return Completion(text=text, tokens_in=tokens_in, tokens_out=tokens_out, model="m")


def test_an_answer_may_be_as_long_as_there_is_room_for() -> None:
    purse = Purse(answer_tokens=8_000, limit_tokens=5_000)
    assert purse.reserve(QUESTION, None).tokens_out == 5_000 - estimated(QUESTION)
    assert Purse(answer_tokens=8_000, limit_tokens=10**6).reserve(QUESTION, None).tokens_out == 8_000


def test_what_was_not_used_is_given_back() -> None:
    purse = Purse(answer_tokens=8_000, limit_tokens=2_000)
    for _ in range(3):
        reserved = purse.reserve(QUESTION, None)
        purse.answered(reserved, said(200, 100))
    assert (purse.spending.calls, purse.spending.tokens_in, purse.spending.tokens_out) == (3, 600, 300)


def test_a_call_without_room_for_an_answer_is_refused() -> None:
    purse = Purse(answer_tokens=8_000, limit_tokens=estimated(QUESTION) + LEAST_OUT - 1)
    with pytest.raises(BudgetExceededError, match="over the budget"):
        purse.reserve(QUESTION, None)


@pytest.mark.parametrize("usd", [0.0101, 0.02, 0.3, 7.77])
def test_dollars_are_never_overrun_by_what_is_reserved(usd: float) -> None:
    purse, price = Purse(answer_tokens=8_000, limit_tokens=10**6, limit_usd=usd), Price(3.0, 15.0)
    reserved = purse.reserve(QUESTION, price)
    assert reserved.usd <= usd
    assert reserved.tokens_out == 8_000 or reserved.usd > usd - 0.0001


@pytest.mark.parametrize(
    ("error", "charged"),
    [
        (ModelError("hung", kind="timed_out", retryable=True), True),
        (ModelError("cut off", retryable=True), True),
        (ModelError("busy", retryable=True, status=429), False),
        (ModelError("away", kind="unreachable", retryable=True), False),
        (ModelError("key", kind="refused", retryable=False, status=401), False),
        (ModelError("no", kind="rejected", retryable=False, status=400), False),
    ],
)
def test_silence_may_have_cost_everything_and_a_spoken_error_costs_nothing(
    error: ModelError, charged: bool
) -> None:
    purse = Purse(answer_tokens=8_000, limit_tokens=5_000)
    purse.failed(purse.reserve(QUESTION, None), error)
    assert bool(purse.spending.tokens_out) is charged
    assert purse.spending.calls == 1


def test_a_server_that_tells_no_usage_is_estimated() -> None:
    purse = Purse(answer_tokens=8_000, limit_tokens=5_000)
    purse.answered(purse.reserve(QUESTION, None), said(0, 0, "y" * 300))
    assert (purse.spending.tokens_in, purse.spending.tokens_out) == (estimated(QUESTION), 100)


def test_a_cost_that_is_not_wholly_known_is_not_told() -> None:
    purse = Purse(answer_tokens=8_000, limit_tokens=50_000)
    purse.answered(purse.reserve(QUESTION, Price(1, 1)), said(10, 10))
    assert purse.spending.cost_usd == pytest.approx(2e-5)
    purse.answered(purse.reserve(QUESTION, None), said(10, 10))
    assert purse.spending.cost_usd is None
    purse.answered(purse.reserve(QUESTION, Price(1, 1)), said(10, 10))
    assert purse.spending.cost_usd is None
