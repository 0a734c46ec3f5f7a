"""Puts a subtask at rest before people, with a question."""

from agent.store.changes import SubtaskChanged
from domain.facts.subtask import SubtaskStopped
from domain.ids import AgentId
from domain.subtask import Progress, Question


def blocked(
    task_id: str, standing: Progress, reason: str, question: Question, *, whose: AgentId | None = None
) -> tuple[SubtaskChanged, SubtaskStopped]:
    """The change and its fact; `whose` work it was, where that is why it is blocked."""
    change = SubtaskChanged(
        task_id,
        standing.subtask_id,
        standing.state,
        "blocked",
        standing.agent,
        standing.attempts_allowed,
        question=question,
    )
    fact = SubtaskStopped(
        kind="subtask_blocked",
        task_id=task_id,
        subtask_id=standing.subtask_id,
        state="blocked",
        reason=reason,
        question=question,
        agent=whose,
    )
    return change, fact
