"""Identifiers: what they look like, and that one kind is never taken for another."""

import re
from typing import Annotated, NewType
from uuid import UUID

from pydantic import StringConstraints

TASK_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"
AGENT_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
CODE_PATTERN = r"^[A-HJKMNP-Z2-9]{8}$"
"""A short code is typed on phones: no 0/O, no 1/I/L."""

CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

TaskId = Annotated[str, StringConstraints(pattern=TASK_ID_PATTERN)]
AgentId = Annotated[str, StringConstraints(pattern=AGENT_ID_PATTERN)]

SubtaskId = NewType("SubtaskId", str)
RequirementId = NewType("RequirementId", str)
ApprovalId = NewType("ApprovalId", UUID)
ApprovalCode = Annotated[str, StringConstraints(pattern=CODE_PATTERN)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256, lower-case hexadecimal."""

_CODE = re.compile(CODE_PATTERN)


def subtask_id(agent: str, task: str, number: int) -> SubtaskId:
    """`agent::task_id::n`, `n` counting from 1 per agent within the task. Never parsed."""
    return SubtaskId(f"{agent}::{task}::{number}")


def short_code(approval: UUID) -> str:
    """Eight characters a person can type (39 bits of the id), for a phone or a chat."""
    rest, code = approval.int, ""
    for _ in range(8):
        rest, digit = divmod(rest, len(CODE_ALPHABET))
        code += CODE_ALPHABET[digit]
    return code


def is_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None
