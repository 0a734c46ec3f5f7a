"""What is said to a language model, and what it says."""

from typing import Literal

from pydantic import Field

from domain.base import Value


class Message(Value):
    role: Literal["system", "user", "assistant"]
    text: str


class Completion(Value):
    """`truncated`: the model ran into its limit of tokens, so the text breaks off."""

    text: str
    tokens_in: int = Field(default=0, ge=0)
    tokens_out: int = Field(default=0, ge=0)
    model: str
    truncated: bool = False

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out
