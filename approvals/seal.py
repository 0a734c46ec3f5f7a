"""The seal: what binds a yes to exactly one plan.

A plan is stored as canonical texts (RFC 8785): its header, and each subtask by itself. `plan_hash` is the
SHA-256 over the header and the subtasks' digests in order, so a plan's root is checked once and a subtask's
digest at every dispatch, by hashing the very bytes that are then read.
"""

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

import rfc8785
from pydantic_core import from_json

from domain.canonical import EXACT, plainly
from domain.errors import PlanInvalidError
from domain.ids import Digest, SubtaskId
from domain.plan import Plan, Subtask


class SealedSubtask(NamedTuple):
    """A subtask's canonical text and its SHA-256."""

    subtask_id: SubtaskId
    text: str
    digest: Digest


class Seal(NamedTuple):
    """A sealed plan: the texts to store, and the hash that stands for all of them."""

    header: str
    subtasks: tuple[SealedSubtask, ...]
    plan_hash: Digest


def seal(plan: Plan) -> Seal:
    """Raises PlanInvalidError for a plan that has no canonical text."""
    header = _canonical(plan.model_dump(mode="json", exclude={"subtasks"}))
    subtasks = tuple(_sealed(subtask) for subtask in plan.subtasks)
    return Seal(header, subtasks, root(header, [subtask.digest for subtask in subtasks]))


def root(header: str, digests: Iterable[Digest]) -> Digest:
    """SHA-256 over the header's digest and the subtasks' digests, in order; each is 32 bytes."""
    whole = hashlib.sha256(hashlib.sha256(header.encode()).digest())
    whole.update(bytes.fromhex("".join(digests)))
    return whole.hexdigest()


def verify_root(header: str, digests: Iterable[Digest], plan_hash: Digest) -> bool:
    return root(header, digests) == plan_hash


def verify_subtask(text: str, digest: Digest) -> bool:
    return _digest(text) == digest


def unseal(header: str, texts: Iterable[str]) -> Plan:
    """The plan that was sealed. Read subtask by subtask, so that a thread that reads a large one leaves others turns."""
    subtasks = tuple(read_subtask(text) for text in texts)
    return Plan.model_validate({**from_json(header), "subtasks": subtasks})


def unseal_header(header: str) -> Plan:
    """The same without its subtasks, which stand last in it."""
    return Plan.model_validate_json(f'{header[:-1]},"subtasks":[]}}')


def read_subtask(text: str) -> Subtask:
    return Subtask.model_validate_json(text)


def _sealed(subtask: Subtask) -> SealedSubtask:
    text = _canonical(subtask.model_dump(mode="json"))
    return SealedSubtask(subtask.subtask_id, text, _digest(text))


def _canonical(value: Any) -> str:
    try:
        if (text := plainly(value)) is not None:
            return text
        _must_come_back(value)
        return rfc8785.dumps(value).decode()
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise PlanInvalidError(
            f"the plan cannot be sealed: {error}; numbers must be finite and below 2^53, texts valid Unicode"
        ) from error


def _must_come_back(value: Any) -> None:
    """Refuse numbers that canonical JSON writes in a way that reads back as another number."""
    match value:
        case float() if abs(value) >= EXACT and value.is_integer():
            raise PlanInvalidError(
                f"the plan cannot be sealed: {value!r} is no exact number; send it as a text"
            )
        case dict():
            for inner in value.values():
                _must_come_back(inner)
        case list() | tuple():
            for inner in value:
                _must_come_back(inner)


def _digest(text: str) -> Digest:
    return hashlib.sha256(text.encode()).hexdigest()
