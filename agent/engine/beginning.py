"""How a subtask starts, or why it does not: asked of each just before its attempt is written."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from agent.engine import questions
from agent.engine.picture import Picture
from agent.store.step import Hold, Start
from domain.agent import AgentState
from domain.errors import PlanChangedError
from domain.ids import AgentId, SubtaskId
from domain.subtask import Question

SLOT_GRACE_S: Final = 5.0
"""A slot is held this much longer than its attempt may take, so that its end is recorded before anybody else
gets it."""

Health = Callable[[AgentId], AgentState | None]
Limited = Callable[[AgentId], bool]


def begun(picture: Picture, node: SubtaskId, now: datetime, health: Health, limited: Limited) -> Start | Hold:
    standing = picture.standing[node]
    try:
        subtask = picture.subtask(node)
    except PlanChangedError as error:
        return _held(picture, node, error.message, questions.plan_changed(node, now))
    if (why := picture.why_not_freed(node, now)) is not None:
        return _held(picture, node, "not approved", questions.not_approved(subtask.title, why, now))
    agent = subtask.agent
    if agent is None:
        return _held(picture, node, "no agent can do this", questions.unassigned(subtask.title, now))
    known = health(agent)
    if known is not None and not known.dispatchable:
        reason = known.reason or f"lacks {', '.join(known.missing_tools)}"
        question = questions.agent_unavailable(subtask.title, agent, reason, now)
        return _held(picture, node, reason, question)
    return Start(
        node,
        standing.state,
        standing.attempt,
        standing.attempt + 1,
        agent,
        picture.key(node),
        subtask.timeout_s + SLOT_GRACE_S,
        picture.digest(node),
        limited(agent),
    )


def _held(picture: Picture, node: SubtaskId, reason: str, question: Question) -> Hold:
    standing = picture.standing[node]
    return Hold(node, standing.state, standing.attempt, standing.agent, reason, question)
