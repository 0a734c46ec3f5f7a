"""The chain over the log. Pure: what an entry is, what it hashes to, and what the chain comes to with it.

An entry is an event whose sensitive values stand as digests, so that what is exported is what was hashed: whoever
has the file can check it without ever seeing a body, and whoever has a body can show that it was this one.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Final

from domain.base import Json, JsonObject

START: Final = bytes(32)
"""What the chain comes to before its first entry."""

SENSITIVE: Final = frozenset(
    {
        *("title", "reason", "comment", "text", "brief", "objective", "instructions"),
        *("message", "required_input", "if_you_do_nothing", "label", "degraded_reason", "understood"),
        *("facts", "why", "would_be_lower_if", "uri", "outputs", "inputs", "arguments", "context"),
    }
)
"""Names under which people and agents write freely, wherever in an event they stand."""


def entry_of(
    *,
    seq: int,
    at: datetime,
    actor: str,
    kind: str,
    task_id: str | None,
    subtask_id: str | None,
    data: JsonObject,
) -> JsonObject:
    return {
        "seq": seq,
        "at": at.astimezone(UTC).isoformat(),
        "actor": actor,
        "kind": kind,
        "task_id": task_id,
        "subtask_id": subtask_id,
        "data": without_bodies(data),
    }


def without_bodies(value: Json) -> Json:
    """The same, with a digest in the place of each sensitive value. Nothing stays nothing."""
    match value:
        case dict():
            return {
                name: digest_of(each) if name in SENSITIVE and each else without_bodies(each)
                for name, each in value.items()
            }
        case list():
            return [without_bodies(each) for each in value]
        case other:
            return other


def digest_of(value: Json) -> JsonObject:
    return {"sha256": hashlib.sha256(canonical(value)).hexdigest()}


_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: Json) -> bytes:
    """One text for each value: keys in order, no space, UTF-8."""
    return _ENCODER.encode(value).encode(errors="surrogatepass")


def onward(head: bytes, entry: JsonObject) -> bytes:
    """What the chain comes to with one more entry."""
    return onward_by_digest(head, digest_of_entry(entry))


def onward_by_digest(head: bytes, digest: bytes) -> bytes:
    """The same with an entry of which only the digest is left."""
    return hashlib.sha256(head + digest).digest()


def digest_of_entry(entry: JsonObject) -> bytes:
    return hashlib.sha256(canonical(entry)).digest()


def signed_text(number: int, last_seq: int, head: bytes) -> bytes:
    """What a block's signature is over."""
    told: JsonObject = {"block": number, "head": head.hex(), "last": last_seq, "of": "orchestrator audit 1"}
    return canonical(told)
