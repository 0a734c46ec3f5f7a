"""The language models that the settings name, and the planner that asks them. No database among it."""

import asyncio
import random
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

from agent.bootstrap.plans import Plans
from agent.config import Settings
from agent.llm.choose import choose_model
from agent.llm.models import Bounds, Models
from agent.llm.port import LanguageModel
from agent.llm.purse import Price
from agent.llm.speaker import Speaker
from agent.service.aside import LONG, Aside
from agent.service.hybrid import HybridPlanning
from agent.service.ports import Planner
from agent.service.tiebreak import TieBreak
from domain.errors import ConfigurationError, FieldIssue
from domain.plan import Plan
from domain.request import Request

Wrap = Callable[[LanguageModel], LanguageModel]


def here() -> datetime:
    """This machine's time, where no database is asked."""
    return datetime.now(UTC)


def models_of(
    settings: Settings, *, now: Callable[[], datetime] = here, wrap: Wrap = lambda model: model
) -> Models | None:
    """None where none is named. Raises ConfigurationError where a budget in dollars lacks a price."""
    speakers = [_speaker(name, settings, now, wrap) for name in settings.models]
    if not speakers:
        return None
    unpriced = [speaker.name for speaker in speakers if speaker.price is None]
    if settings.orchestrator_model_usd is not None and unpriced:
        reason = f"a budget in dollars needs the price of {', '.join(unpriced)}"
        raise ConfigurationError(
            f"ORCHESTRATOR_MODEL_USD: {reason}; add it to ORCHESTRATOR_MODEL_PRICES, or limit tokens only",
            fields=[FieldIssue("ORCHESTRATOR_MODEL_PRICES", reason)],
        )
    return Models(
        speakers,
        Bounds(
            settings.orchestrator_model_timeout,
            settings.orchestrator_model_tokens,
            settings.orchestrator_model_answer_tokens,
            settings.orchestrator_model_usd,
        ),
        monotonic=time.monotonic,
        draw=random.random,
        hide=_hiding(settings.secrets),
    )


def planner_of(drawn: Plans, models: Models | None) -> Planner:
    """Rules alone, or rules and models."""
    if models is None:
        return Aside(drawn.planning, over=0 if drawn.in_thread else LONG)
    return HybridPlanning(drawn.planning, models, _boundary)


def tie_of(drawn: Plans, models: Models | None) -> TieBreak | None:
    """Whoever decides between near equals where the router hardly can."""
    return None if models is None else TieBreak(models, drawn.manifest.agents, _boundary)


@asynccontextmanager
async def planner(settings: Settings, drawn: Plans) -> AsyncIterator[Planner]:
    """The planner for a command that plans here and now."""
    models = models_of(settings)
    try:
        yield planner_of(drawn, models)
    finally:
        if models is not None:
            await models.aclose()


@contextmanager
def planning_calls(settings: Settings, drawn: Plans) -> Iterator[Callable[[Request], Plan]]:
    """The same for whoever plans one request after the other and waits for each, as measurements do."""
    with asyncio.Runner() as loop:
        opened = planner(settings, drawn)
        making = loop.run(opened.__aenter__())
        try:
            yield lambda request: loop.run(_plan(making, request))
        finally:
            loop.run(opened.__aexit__(None, None, None))


async def _plan(making: Planner, request: Request) -> Plan:
    return await making.plan(request, revision=1, numbers={})


def _boundary() -> str:
    """A mark that nobody who wrote a request could know."""
    return secrets.token_hex(8)


def _speaker(name: str, settings: Settings, now: Callable[[], datetime], wrap: Wrap) -> Speaker:
    key = settings.openai_api_key
    model = choose_model(
        name, api_key=key.get_secret_value() if key else None, base_url=settings.openai_base_url
    )
    assert model is not None, "a name is never empty"
    price = settings.model_prices.get(name)
    return Speaker(name, wrap(model), now, Price(*price) if price else None)


def _hiding(words: tuple[str, ...]) -> Callable[[str], str]:
    def hide(text: str) -> str:
        for word in words:
            text = text.replace(word, "…")
        return text

    return hide
