"""Writes every fact that this process commits to the log file, under its task's and subtask's ids."""

import logging
from collections.abc import Sequence

from agent.telemetry.logs import bound
from domain.event import ENVELOPE, Fact, SubtaskStopped, TaskChanged

_log = logging.getLogger("orchestrator.events")


def log_facts(facts: Sequence[Fact]) -> None:
    """A line a fact: `info`, or `warning` for what somebody should look at."""
    if not _log.isEnabledFor(logging.WARNING):
        return
    for fact in facts:
        level = logging.WARNING if _is_trouble(fact) else logging.INFO
        if _log.isEnabledFor(level):
            with bound(task_id=fact.task_id, subtask_id=getattr(fact, "subtask_id", None)):
                _log.log(level, "%s %s", fact.kind, _details(fact))


def _is_trouble(fact: Fact) -> bool:
    match fact:
        case TaskChanged(needs_review=True):
            return True
        case SubtaskStopped(kind="subtask_failed" | "subtask_blocked"):
            return True
        case _:
            return fact.kind in {"agent_unavailable", "approval_expired"}


def _details(fact: Fact) -> str:
    """Short values only: briefs, questions and reasons are in the log of events itself."""
    values = fact.model_dump(mode="json", exclude=set(ENVELOPE), exclude_none=True, exclude_defaults=True)
    shown = (
        f"{name}={value}" for name, value in values.items() if isinstance(value, str | int | float | bool)
    )
    return " ".join(shown)
