"""Writes every fact that this process commits to the log file, under its task's and subtask's ids."""

import logging
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from agent.telemetry.logs import MANY
from domain.base import Json
from domain.event import ENVELOPE, Fact
from domain.facts.subtask import SubtaskStopped
from domain.facts.task import TaskChanged

_log = logging.getLogger("orchestrator.events")

_SHORT: Final = (str, int, float, bool)
_LEVELS: Final = {logging.INFO: "INFO", logging.WARNING: "WARNING"}


def log_facts(facts: Sequence[Fact]) -> None:
    """A line a fact: `info`, or `warning` for what somebody should look at.

    One record for all of them: the lines are made from it in the log's own thread.
    """
    least = _log.getEffectiveLevel()
    told = [each for each in map(_told, facts) if each.level >= least]
    if told:
        lines = _Lines(tuple(told))
        _log.log(max(each.level for each in told), "%d facts", len(told), extra={MANY: lines})


class _Told(NamedTuple):
    level: int
    fact: Fact


class _Lines:
    def __init__(self, told: tuple[_Told, ...]) -> None:
        self.told = told

    def __iter__(self) -> Iterator[dict[str, Json]]:
        for level, fact in self.told:
            yield {
                "level": _LEVELS[level],
                "logger": _log.name,
                "message": f"{fact.kind} {_details(fact)}",
                "task_id": fact.task_id,
                "subtask_id": fact.__dict__.get("subtask_id"),
                "trace_id": None,
                "span_id": None,
            }


def _told(fact: Fact) -> _Told:
    return _Told(logging.WARNING if _is_trouble(fact) else logging.INFO, fact)


def _is_trouble(fact: Fact) -> bool:
    match fact:
        case TaskChanged(needs_review=True):
            return True
        case SubtaskStopped(kind="subtask_failed" | "subtask_blocked"):
            return True
        case _:
            return fact.kind in {"agent_unavailable", "approval_expired", "glass_broken"}


def _details(fact: Fact) -> str:
    """Short values only: briefs, questions and reasons are in the log of events itself."""
    return " ".join(
        [
            f"{name}={value}"
            for name, value in fact.__dict__.items()
            if value and name not in ENVELOPE and isinstance(value, _SHORT)
        ]
    )
