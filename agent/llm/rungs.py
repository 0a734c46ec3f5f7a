"""The ladder of ways to ask for a shape: from a schema the server holds to, down to plain words."""

import json
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple, assert_never

from domain.base import JsonObject
from domain.completion import Message

Rung = Literal["json_schema", "json_object", "fenced"]
LADDER: Final[tuple[Rung, ...]] = ("json_schema", "json_object", "fenced")


class Put(NamedTuple):
    """A question as it is put on one rung."""

    messages: tuple[Message, ...]
    schema: JsonObject | None
    json_object: bool


def put(messages: Sequence[Message], schema: JsonObject, rung: Rung) -> Put:
    match rung:
        case "json_schema":
            return Put(tuple(messages), schema, json_object=False)
        case "json_object":
            asked = "Answer with one JSON object and nothing else. It must fit this JSON Schema:"
            return Put(_with(messages, schema, asked), None, json_object=True)
        case "fenced":
            asked = "Answer with one JSON object in a ```json block and nothing else. It must fit this JSON Schema:"
            return Put(_with(messages, schema, asked), None, json_object=False)
        case other:
            assert_never(other)


def below(rung: Rung) -> Rung | None:
    """The next rung down; nothing is below the last."""
    place = LADDER.index(rung) + 1
    return LADDER[place] if place < len(LADDER) else None


def _with(messages: Sequence[Message], schema: JsonObject, asked: str) -> tuple[Message, ...]:
    first, *rest = messages
    shape = json.dumps(schema, ensure_ascii=False)
    return (first.model_copy(update={"text": f"{first.text}\n\n{asked}\n{shape}"}), *rest)
