"""Writes every fact that this process commits to the log file, under its task's and subtask's ids."""

import logging
from collections.abc import Iterator, Sequence
from typing import Final

from agent.telemetry.logs import MANY
from domain.base import Json
from domain.event import ENVELOPE, Fact
from domain.facts.task import TaskChanged

_log = logging.getLogger("orchestrator.events")

_SHORT: Final = frozenset({str, int, float, bool})
_TROUBLE: Final = frozenset(
    {"agent_unavailable", "approval_expired", "glass_broken", "subtask_failed", "subtask_blocked"}
)


def log_facts(facts: Sequence[Fact]) -> None:
    """A line a fact: `info`, or `warning` for what somebody should look at.

    One record for all of them: the lines are made from it in the log's own thread.
    """
    level = logging.INFO
    if not _log.isEnabledFor(level):
        level, facts = logging.WARNING, [fact for fact in facts if _is_trouble(fact)]
    if facts:
        _log.log(level, "%d facts", len(facts), extra={MANY: _Lines(tuple(facts))})


class _Lines:
    def __init__(self, facts: tuple[Fact, ...]) -> None:
        self._facts = facts

    def __iter__(self) -> Iterator[dict[str, Json]]:
        for fact in self._facts:
            yield {
                "level": "WARNING" if _is_trouble(fact) else "INFO",
                "logger": _log.name,
                "message": _message(fact),
                "task_id": fact.task_id,
                "subtask_id": fact.__dict__.get("subtask_id"),
                "trace_id": None,
                "span_id": None,
            }


def _is_trouble(fact: Fact) -> bool:
    return fact.kind in _TROUBLE or (type(fact) is TaskChanged and fact.needs_review)


def _message(fact: Fact) -> str:
    """Short values only: briefs, questions and reasons are in the log of events itself."""
    details = [
        f"{name}={value}"
        for name, value in fact.__dict__.items()
        if value and type(value) in _SHORT and name not in ENVELOPE
    ]
    return " ".join([fact.kind, *details])
