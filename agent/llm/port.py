"""What the house asks of a language model."""

from collections.abc import Sequence
from typing import Protocol

from domain.base import JsonObject
from domain.completion import Completion, Message


class LanguageModel(Protocol):
    @property
    def name(self) -> str: ...

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        max_output_tokens: int,
        timeout_s: float,
        schema: JsonObject | None = None,
        json_object: bool = False,
        model: str | None = None,
    ) -> Completion:
        """One answer to one request: nothing is retried here. Raises ModelError.

        `schema` asks for JSON of that shape, which whoever asks still has to check; `json_object` for JSON of
        any shape; `model` asks for another model of the same provider.
        """
        ...

    async def aclose(self) -> None: ...
