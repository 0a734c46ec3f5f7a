"""How agents' answers become outcomes, whichever way they came."""

from typing import Literal

from pydantic import TypeAdapter, ValidationError

from domain.attempt import Artifact, Outcome, Succeeded, Unsuccessful
from domain.base import Json, JsonObject
from domain.subtask import Failure

MESSAGE = 2_000
"""Characters of an agent's own words that are kept as a reason."""

_ARTIFACTS = TypeAdapter(tuple[Artifact, ...])


def unsuccessful(
    outcome: Literal["failed", "timed_out", "cancelled", "unknown", "unavailable", "deviated"],
    code: str,
    message: str,
    *,
    retryable: bool = True,
) -> Unsuccessful:
    return Unsuccessful(
        outcome=outcome, error=Failure(code=code, message=message[: 2 * MESSAGE], retryable=retryable)
    )


def outcome_of(document: Json, *, agent: str, local: bool) -> Outcome:
    """An agent's JSON: `{"outputs": {…}, "artifacts": […]}`, `{"error": {"message", "retryable"}}`, or its outputs.

    Only a `local` agent may point to files; from elsewhere they would name files of another machine.
    """
    match document:
        case {"error": {"message": str(message), **rest}}:
            retryable = rest.get("retryable") is not False
            return unsuccessful(
                "failed", "AGENT_FAILED", f"{agent} says: {message[:MESSAGE]}", retryable=retryable
            )
        case {"error": str(message)} if message:
            return unsuccessful("failed", "AGENT_FAILED", f"{agent} says: {message[:MESSAGE]}")
        case {"outputs": dict() as outputs, **rest}:
            return _succeeded(outputs, rest.get("artifacts", []), agent, local=local)
        case dict():
            return Succeeded(outputs=document)
        case _:
            return unusable(agent, "it is not a JSON object")


def unusable(agent: str, why: str) -> Unsuccessful:
    """The agent has done its work, and what it says of it cannot be used."""
    return unsuccessful(
        "failed", "ANSWER_UNUSABLE", f"the answer of {agent} cannot be used: {why}", retryable=False
    )


def _succeeded(outputs: JsonObject, artifacts: object, agent: str, *, local: bool) -> Outcome:
    try:
        named = _ARTIFACTS.validate_python(artifacts)
    except ValidationError as error:
        return unusable(agent, f"its artifacts: {error.errors(include_url=False)[0]['msg']}")
    schemes = ("http:", "https:", "file:") if local else ("http:", "https:")
    if strange := [artifact.uri for artifact in named if not artifact.uri.startswith(schemes)]:
        return unusable(agent, f"artifact {strange[0]!r} is nowhere that can be reached from here")
    return Succeeded(outputs=outputs, artifacts=named)
