"""What both libraries share: the shape of a request, of an answer, and of a failure."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from agent.llm.bound import FloodError
from domain.base import JsonObject
from domain.completion import Completion, Message
from domain.errors import ModelError

_NOT_THERE = frozenset({"ConnectError", "ConnectTimeout"})
"""What both libraries' HTTP client calls it when nobody listens; whatever else is lost was lost on the way."""

MOST_TOKENS = 10**9
"""No call takes so many; a server that says so is not believed."""


class Usage(Protocol):
    prompt_tokens: int
    completion_tokens: int


class Said(Protocol):
    content: str | None


class Choice(Protocol):
    finish_reason: str | None
    message: Said


class Answer(Protocol):
    """What a chat completion looks like in either library."""

    model: str
    choices: Sequence[Choice]
    usage: Usage | None


def spoken(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.text} for message in messages]


def shaped(schema: JsonObject | None, *, json_object: bool = False) -> dict[str, object]:
    """The request's `response_format`, if a shape is asked for."""
    if schema is None:
        return {"response_format": {"type": "json_object"}} if json_object else {}
    shape = {"name": "answer", "schema": schema, "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": shape}}


def completion(answer: Answer, asked: str) -> Completion:
    if not answer.choices or not (text := answer.choices[0].message.content):
        finish = answer.choices[0].finish_reason if answer.choices else "no choice at all"
        raise ModelError(f"model {asked} answered without text ({finish})", retryable=True)
    usage = answer.usage
    return Completion(
        text=text,
        tokens_in=_count(usage.prompt_tokens) if usage else 0,
        tokens_out=_count(usage.completion_tokens) if usage else 0,
        model=answer.model or asked,
        truncated=answer.choices[0].finish_reason == "length",
    )


def _count(told: object) -> int:
    """A number of tokens as a server tells it, who may tell anything."""
    return min(max(told, 0), MOST_TOKENS) if isinstance(told, int) else 0


def failed(error: Exception, asked: str, timeout_s: float) -> ModelError:
    """Both libraries raise errors of the same family; they are told apart by what HTTP said, if it spoke."""
    if isinstance(error, ModelError):
        return error
    if (flood := _flood(error)) is not None:
        return ModelError(f"model {asked} gave an unusable answer: {flood}", retryable=False)
    status = getattr(error, "status_code", None)
    kind = type(error).__name__
    if isinstance(error, TimeoutError) or "Timeout" in kind:
        return ModelError(
            f"model {asked} did not answer within {timeout_s:.1f} s", kind="timed_out", retryable=True
        )
    if isinstance(error.__cause__, Exception) and type(error.__cause__).__name__ in _NOT_THERE:
        return ModelError(
            f"model {asked} cannot be reached: {_first_line(error)}", kind="unreachable", retryable=True
        )
    if not isinstance(status, int):
        return ModelError(f"model {asked} gave an unusable answer: {_first_line(error)}", retryable=True)
    if status in {401, 403}:
        return ModelError(
            f"model {asked} refused the key (HTTP {status}); check OPENAI_API_KEY",
            kind="refused",
            retryable=False,
            status=status,
        )
    return ModelError(
        f"model {asked} failed with HTTP {status}: {_first_line(error)}",
        kind="rejected" if status in {400, 415, 422} else "failed",
        retryable=status in {408, 409, 429} or status >= 500,
        retry_after_s=_retry_after_s(error),
        retry_at=_retry_at(error),
        status=status,
    )


def _flood(error: BaseException | None) -> FloodError | None:
    """What the libraries wrapped, however deep."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, FloodError):
            return error
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return None


def _header(error: Exception, name: str) -> str:
    own = getattr(getattr(error, "response", None), "headers", None)
    headers = getattr(error, "litellm_response_headers", None) or own or {}
    return str(headers.get(name, ""))


def _retry_after_s(error: Exception) -> float | None:
    for name, unit in (("retry-after-ms", 1_000.0), ("retry-after", 1.0)):
        try:
            seconds = float(_header(error, name)) / unit
        except ValueError:
            continue
        return max(0.0, seconds) if math.isfinite(seconds) else None
    return None


def _retry_at(error: Exception) -> datetime | None:
    """`Retry-After` as a date, which HTTP allows as well; always in GMT."""
    try:
        at = parsedate_to_datetime(_header(error, "retry-after"))
    except (ValueError, TypeError, IndexError, OverflowError):  # it is not a date, in whichever way
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:500] if lines else type(error).__name__
