"""Questions about one request, to the first model that answers: one deadline and one purse for all of them."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from agent.llm.purse import Purse, Reserved
from agent.llm.rungs import Put, Rung, below, put
from agent.llm.speaker import Speaker
from domain.base import JsonObject
from domain.completion import Completion, Message
from domain.drafting import DraftingOutcome, Spending
from domain.errors import BudgetExceededError, ModelError, ModelFailure

RETRIES: Final = 2
BACK_OFF_S: Final = 0.5
"""Before the first retry, doubled for the next, times 0.5 to 1.5 by chance."""

SHARE: Final = 0.6
"""Of the time that is left, for a call after which another one may still be made."""

LEAST_S: Final = 0.1
"""A call that has less time than this is not made."""

LONGEST_REASON: Final = 500

_OUTCOMES: dict[ModelFailure, DraftingOutcome] = {
    "timed_out": "timed_out",
    "unreachable": "unreachable",
    "refused": "no_key",
    "rejected": "failed",
    "failed": "failed",
}


class Heard(NamedTuple):
    text: str
    model: str
    truncated: bool


class Silent(NamedTuple):
    """Nobody answered, and why."""

    outcome: DraftingOutcome
    reason: str


class Conversation:
    def __init__(
        self,
        speakers: Sequence[Speaker],
        purse: Purse,
        *,
        seconds: float,
        monotonic: Callable[[], float],
        draw: Callable[[], float],
        hide: Callable[[str], str],
    ) -> None:
        self._speakers = tuple(speakers)
        self._purse = purse
        self._seconds = seconds
        self._monotonic = monotonic
        self._draw = draw
        self._hide = hide
        self._ends = monotonic() + seconds
        self._rungs: dict[str, Rung] = {}
        self._last: Speaker | None = None

    @property
    def spending(self) -> Spending:
        return self._purse.spending

    async def ask(self, messages: Sequence[Message], schema: JsonObject, *, plainer: bool) -> Heard | Silent:
        """The answer of whoever answered last, or of the first after it; `plainer`: asked for one rung lower."""
        if plainer and self._last is not None:
            self._rungs[self._last.name] = below(self._rung(self._last)) or self._rung(self._last)
        silences: list[Silent] = []
        able = [speaker for speaker in self._order() if speaker.may_be_asked()]
        for place, speaker in enumerate(able):
            if self._left() < LEAST_S:
                break
            said = await self._asked(speaker, messages, schema, others=place + 1 < len(able))
            if isinstance(said, Heard) or said.outcome == "over_budget":
                return said
            silences.append(said)
        return self._silence(silences)

    def _order(self) -> Sequence[Speaker]:
        """Whoever answered last goes on."""
        return sorted(self._speakers, key=lambda speaker: speaker is not self._last)

    async def _asked(
        self, speaker: Speaker, messages: Sequence[Message], schema: JsonObject, *, others: bool
    ) -> Heard | Silent:
        speaker.asked()
        began = self._monotonic()
        try:
            answer, rung = await self._down_the_ladder(speaker, messages, schema, others=others)
        except BudgetExceededError as spent:
            return Silent("over_budget", spent.message)
        except ModelError as error:
            if error.kind != "rejected":
                speaker.failed()
            return Silent(_OUTCOMES[error.kind], self._told(self._why(error, speaker, began)))
        speaker.answered(rung if self._rungs.get(speaker.name) != rung else speaker.rung)
        self._last = speaker
        return Heard(answer.text, speaker.name, answer.truncated)

    async def _down_the_ladder(
        self, speaker: Speaker, messages: Sequence[Message], schema: JsonObject, *, others: bool
    ) -> tuple[Completion, Rung]:
        """One rung lower for whoever rejects the question; the last rung asks for nothing but text."""
        rung: Rung | None = self._rung(speaker)
        while True:
            assert rung is not None
            try:
                return await self._patiently(speaker, put(messages, schema, rung), others=others), rung
            except ModelError as error:
                lower = below(rung)
                if error.kind != "rejected" or lower is None:
                    raise
                rung = lower

    async def _patiently(self, speaker: Speaker, question: Put, *, others: bool) -> Completion:
        for attempt in range(RETRIES + 1):
            try:
                return await self._once(speaker, question, last=attempt == RETRIES and not others)
            except ModelError as error:
                pause = max(error.pause_s(speaker.now()), self._back_off(attempt))
                if not error.retryable or attempt == RETRIES or pause + LEAST_S > self._left():
                    raise
                if others and error.kind == "timed_out":
                    raise  # What time is left is better spent on another model.
            await asyncio.sleep(pause)
        raise AssertionError("the last attempt either answers or raises")

    async def _once(self, speaker: Speaker, question: Put, *, last: bool) -> Completion:
        reserved: Reserved = self._purse.reserve(question, speaker.price)
        try:
            answer = await speaker.model.complete(
                question.messages,
                max_output_tokens=reserved.tokens_out,
                timeout_s=max(LEAST_S, self._left() * (1.0 if last else SHARE)),
                schema=question.schema,
                json_object=question.json_object,
            )
        except ModelError as error:
            self._purse.failed(reserved, error)
            raise
        self._purse.answered(reserved, answer)
        return answer

    def _back_off(self, attempt: int) -> float:
        return BACK_OFF_S * 2.0**attempt * (0.5 + self._draw())

    def _rung(self, speaker: Speaker) -> Rung:
        return self._rungs.get(speaker.name, speaker.rung)

    def _left(self) -> float:
        return self._ends - self._monotonic()

    def _why(self, error: ModelError, speaker: Speaker, began: float) -> str:
        """The last of its calls had only what time was left; what counts is how long it was waited for in all."""
        if error.kind != "timed_out":
            return error.message
        waited = self._monotonic() - began
        return f"model {speaker.name} gave no answer in {waited:.1f} of the {self._seconds:g} s there were"

    def _silence(self, silences: Sequence[Silent]) -> Silent:
        if silences:
            whole = "; ".join(dict.fromkeys(silent.reason for silent in silences))
            return Silent(silences[-1].outcome, whole[:LONGEST_REASON])
        if self._left() < LEAST_S:
            return Silent("timed_out", f"the {self._seconds:g} s for asking models are over")
        resting = ", ".join(f"{s.name} for another {s.rests_for_s:.0f} s" for s in self._speakers)
        return Silent("resting", f"after failures in a row a model is left alone: {resting}")

    def _told(self, message: str) -> str:
        """A server's words go onto the plan: without secrets, and without what no database or terminal bears."""
        shown = self._hide(message)
        return "".join(letter if letter.isprintable() else " " for letter in shown)[:LONGEST_REASON]
