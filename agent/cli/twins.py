"""Says of the API's calls in a refusal which command makes the same one: whoever types commands wants one to type."""

import re
from typing import Final

_TWINS: Final = (
    (re.compile(r"GET /tasks/([A-Za-z0-9][A-Za-z0-9._-]*)(?![\w/])"), r"`orchestrator show \1`"),
    (re.compile(r"GET /tasks(?![\w/])"), "`orchestrator tasks`"),
    (re.compile(r"GET /approvals/pending(?![\w/])"), "`orchestrator inbox`"),
    (re.compile(r"GET /agents(?![\w/])"), "`orchestrator agents`"),
    (re.compile(r"GET /deliveries(?![\w/])"), "`orchestrator deliveries`"),
)


def as_commands(message: str) -> str:
    for call, command in _TWINS:
        message = call.sub(command, message)
    return message
