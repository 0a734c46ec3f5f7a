"""What an A2A agent sends back, read: messages and tasks, their parts, how they stand."""

import base64
import binascii
from collections.abc import Iterator
from typing import NamedTuple

from agent.gateway.result import Blob
from agent.specialists.answer import MESSAGE, unsuccessful
from domain.attempt import Artifact, Unsuccessful
from domain.base import Json, JsonObject


class Parts(NamedTuple):
    """The parts of an answer: texts joined under `text`, data merged, files that stay and files that came."""

    outputs: JsonObject
    pointed: tuple[Artifact, ...]
    blobs: tuple[Blob, ...]


AT_WORK = frozenset({"submitted", "working"})


def state_of(task: JsonObject) -> str:
    match task.get("status"):
        case {"state": str(state)}:
            return state
        case _:
            return "unknown"


def shortfall(task: JsonObject, agent: str) -> Unsuccessful | None:
    """Why a task that is over has not succeeded; nothing where it has."""
    said = _said(task)
    match state_of(task):
        case "completed":
            return None
        case "failed":
            return unsuccessful("failed", "AGENT_FAILED", f"{agent} says: {said}")
        case "rejected":
            return unsuccessful(
                "failed", "AGENT_REJECTED", f"{agent} will not do it: {said}", retryable=False
            )
        case "canceled":
            return unsuccessful("cancelled", "AGENT_CANCELLED", f"{agent} has stopped: {said}")
        case "input-required" | "auth-required" as state:
            message = f"{agent} asks for more ({state}): {said}; put it into the request"
            return unsuccessful("failed", "INPUT_REQUIRED", message, retryable=False)
        case state:
            return unsuccessful("unknown", "OUTCOME_UNKNOWN", f"{agent} says that its task is {state!r}")


def parts_of(result: JsonObject) -> Parts:
    """Of a message its own parts; of a task those of its artifacts, or of its last word where it has none."""
    texts, data, pointed, blobs = list[str](), JsonObject(), list[Artifact](), list[Blob]()
    for part in _parts(result):
        match part:
            case {"kind": "text", "text": str(text)}:
                texts.append(text)
            case {"kind": "data", "data": dict(values)}:
                data |= values
            case {"kind": "file", "file": dict(file)}:
                _take(file, pointed, blobs)
            case _:
                continue
    spoken: JsonObject = {"text": "\n".join(texts)} if texts else {}
    return Parts({**spoken, **data}, tuple(pointed), tuple(blobs))


def _parts(result: JsonObject) -> Iterator[Json]:
    artifacts = [artifact for artifact in _list(result.get("artifacts")) if isinstance(artifact, dict)]
    if artifacts:
        for artifact in artifacts:
            yield from _list(artifact.get("parts"))
        return
    yield from _list(result.get("parts"))
    yield from _list(_last_word(result).get("parts"))


def _last_word(task: JsonObject) -> JsonObject:
    match task.get("status"):
        case {"message": dict(message)}:
            return message
        case _:
            return {}


def _said(task: JsonObject) -> str:
    texts = [
        part["text"]
        for part in _list(_last_word(task).get("parts"))
        if isinstance(part, dict) and isinstance(part.get("text"), str)
    ]
    return " ".join(map(str, texts))[:MESSAGE] or "it gave no reason"


def _take(file: JsonObject, pointed: list[Artifact], blobs: list[Blob]) -> None:
    kind = str(file.get("mimeType") or "application/octet-stream")
    match file:
        case {"uri": str(uri)} if uri.startswith(("http://", "https://")):
            pointed.append(
                Artifact(name=str(file.get("name") or uri.rsplit("/", 1)[-1]), uri=uri, media_type=kind)
            )
        case {"bytes": str(encoded)}:
            try:
                blobs.append(
                    Blob(str(file.get("name") or "file"), kind, base64.b64decode(encoded, validate=True))
                )
            except binascii.Error:
                return
        case _:
            return


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
