"""The models that are configured, the preferred one first, for as long as the process lives."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from agent.llm.conversation import Conversation
from agent.llm.purse import Purse
from agent.llm.speaker import Speaker


class Bounds(NamedTuple):
    """What planning one request may take: seconds, tokens in all and of one answer, US dollars (null: what they cost)."""

    seconds: float
    tokens: int
    answer_tokens: int
    usd: float | None = None


class Models:
    def __init__(
        self,
        speakers: Sequence[Speaker],
        bounds: Bounds,
        *,
        monotonic: Callable[[], float],
        draw: Callable[[], float],
        hide: Callable[[str], str],
    ) -> None:
        self.speakers = tuple(speakers)
        self.bounds = bounds
        self._monotonic = monotonic
        self._draw = draw
        self._hide = hide

    def conversation(self, bounds: Bounds | None = None) -> Conversation:
        """About one request: its time begins now."""
        return self._conversation(self.speakers, bounds or self.bounds)

    def only(self, speaker: Speaker, bounds: Bounds) -> Conversation:
        """With one of the models, and within bounds of its own."""
        return self._conversation((speaker,), bounds)

    def _conversation(self, speakers: Sequence[Speaker], bounds: Bounds) -> Conversation:
        return Conversation(
            speakers,
            Purse(limit_tokens=bounds.tokens, answer_tokens=bounds.answer_tokens, limit_usd=bounds.usd),
            seconds=bounds.seconds,
            monotonic=self._monotonic,
            draw=self._draw,
            hide=self._hide,
        )

    async def aclose(self) -> None:
        for speaker in self.speakers:
            await speaker.model.aclose()
