"""A model's answers, as text, and a planner that asks the model on the other end of a socket."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from agent.llm.models import Bounds, Models
from agent.llm.openai import OpenAiModel
from agent.llm.purse import Price
from agent.llm.speaker import Speaker
from agent.service.hybrid import HybridPlanning
from domain.base import Json, JsonObject
from planner.pipeline import Planning

BOUNDARY = "b0undary"


def piece(key: str, agent: str, *covers: str, after: Sequence[str] = (), **said: Json) -> JsonObject:
    """A subtask as a model answers it; `covers` are requirements, or `R1: a part of it`."""
    shares: list[Json] = []
    for cover in covers:
        requirement, _, part = cover.partition(": ")
        shares.append({"requirement": requirement, "part": part or None})
    return {
        "key": key,
        "agent": agent,
        "title": f"{key} by {agent}",
        "objective": f"Do {key}",
        "covers": shares,
        "after": [{"key": other, "reason": f"{key} needs {other}"} for other in after],
        **said,
    }


def answer(*pieces: JsonObject) -> str:
    return json.dumps({"subtasks": pieces})


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def models(
    *urls: str,
    seconds: float = 120.0,
    tokens: int = 100_000,
    usd: float | None = None,
    price: Price | None = None,
    now: Callable[[], datetime] | None = None,
) -> Models:
    """Named `first`, `second` …, one a URL; no pause before a retry but what a server asks for."""
    names = ("first", "second", "third")
    speakers = [
        Speaker(name, OpenAiModel(name, api_key="sk-secret", base_url=url), now or Hand(), price)
        for name, url in zip(names, urls, strict=False)
    ]
    return Models(
        speakers,
        Bounds(seconds, tokens, 12_000, usd),
        monotonic=monotonic,
        draw=lambda: -0.5,
        hide=lambda text: text.replace("sk-secret", "…"),
    )


@asynccontextmanager
async def hybrid(planning: Planning, *urls: str, **bounds: Any) -> AsyncIterator[HybridPlanning]:
    """The planner over `models`."""
    asked = models(*urls, **bounds)
    try:
        yield HybridPlanning(planning, asked, lambda: BOUNDARY)
    finally:
        await asked.aclose()
