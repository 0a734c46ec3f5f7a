"""Which library reaches the model that the settings name."""

from agent.llm.litellm import LiteLlmModel
from agent.llm.openai import OpenAiModel
from agent.llm.port import LanguageModel

_OPENAI = "openai/"
_LITELLM = "litellm/"


def choose_model(name: str | None, *, api_key: str | None, base_url: str | None) -> LanguageModel | None:
    """The model, or none where none is named: a key that happens to be set must not start spending.

    A base URL means that whatever is there speaks OpenAI's protocol, and the name is passed on as it is.
    Without one, a name with a provider before it (`anthropic/…`) is litellm's, any other is OpenAI's; so is one with
    `litellm/` before it, whatever the base URL.
    """
    if not name:
        return None
    if name.startswith(_LITELLM):
        return LiteLlmModel(name.removeprefix(_LITELLM))
    if base_url or "/" not in name or name.startswith(_OPENAI):
        return OpenAiModel(name.removeprefix(_OPENAI), api_key=api_key, base_url=base_url)
    return LiteLlmModel(name)
