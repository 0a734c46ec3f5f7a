"""The language models: each is asked one word, for only that shows whether the key is good."""

from collections.abc import Sequence
from typing import Final

from agent.bootstrap.models import models_of
from agent.cli.doctor.check import Check, broken, off, ok, warning
from agent.config import Settings
from agent.llm.conversation import Silent
from agent.llm.models import Bounds, Models
from agent.llm.rungs import Rung
from agent.llm.speaker import Speaker
from domain.agent import Agent, LlmEndpoint
from domain.base import JsonObject
from domain.completion import Message
from domain.errors import ConfigurationError

WHOLE_S: Final = 20.0
TOKENS: Final = 2_000
QUESTION: Final = (Message(role="system", text="You answer in JSON."), Message(role="user", text="Say yes."))
SHAPE: Final[JsonObject] = {
    "type": "object",
    "properties": {"answer": {"type": "string"}},
    "required": ["answer"],
    "additionalProperties": False,
}
TAKES: Final[dict[Rung, str]] = {
    "json_schema": "and holds itself to a schema",
    "json_object": "and takes JSON, though no schema",
    "fenced": "in plain text only; its plans are read from that",
}
MEND: Final = "Check ORCHESTRATOR_MODEL, OPENAI_API_KEY and OPENAI_BASE_URL; rules plan without it."


async def models(settings: Settings, enabled: Sequence[Agent]) -> list[Check]:
    try:
        found = models_of(settings)
    except ConfigurationError as error:
        return [broken("model", error.message)]
    if found is None:
        return [_none(enabled)]
    try:
        told = [await _asked(found, speaker) for speaker in found.speakers]
    finally:
        await found.aclose()
    return told


def _none(enabled: Sequence[Agent]) -> Check:
    need = [agent.id for agent in enabled if isinstance(agent.endpoint, LlmEndpoint)]
    idle = f"; {len(need)} agents cannot work without: {', '.join(need)}" if need else ""
    mend = "Set ORCHESTRATOR_MODEL, and OPENAI_API_KEY or OPENAI_BASE_URL, to have one."
    return off("model", f"none: rules plan alone{idle}", mend)


async def _asked(found: Models, speaker: Speaker) -> Check:
    """One that only stands in for others may be away."""
    title = "model" if len(found.speakers) == 1 else f"model {speaker.name}"
    said = await found.only(speaker, Bounds(WHOLE_S, TOKENS, TOKENS)).ask(QUESTION, SHAPE, plainer=False)
    if isinstance(said, Silent):
        first = speaker is found.speakers[0]
        return (broken if first else warning)(title, said.reason, MEND)
    return ok(title, f"{speaker.name} answers {TAKES[speaker.rung]}")
