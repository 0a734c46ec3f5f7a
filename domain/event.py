"""Events: facts, each appended in the transaction that made it true.

The event log is at once audit trail, outbox, stream and replay source. `domain/facts/` holds the facts by what
they are about, `Fact` is the closed union of them; `domain/fold.py` shows that every stored state follows from it.
"""

from datetime import datetime
from typing import Annotated

from pydantic import Field, TypeAdapter

from domain.base import Json, JsonObject, Value
from domain.facts.agent import AgentHealthChanged, AgentUnavailable
from domain.facts.approval import ApprovalEnded, ApprovalNudged, ApprovalRequired, ApprovalVoted, GlassBroken
from domain.facts.house import NoticeResent, QueueChanged
from domain.facts.subtask import (
    SubtaskAssigned,
    SubtaskCompleted,
    SubtaskPlanned,
    SubtaskReady,
    SubtaskStarted,
    SubtaskStopped,
)
from domain.facts.task import (
    PlanRevised,
    TaskChanged,
    TaskHeartbeat,
    TaskPlanned,
    TaskPriorityChanged,
    TaskPruned,
    TaskSubmitted,
)
from domain.facts.warrant import DelegationGranted, PreapprovalGranted, WarrantRevoked

Fact = Annotated[
    TaskSubmitted
    | TaskPlanned
    | PlanRevised
    | SubtaskPlanned
    | TaskChanged
    | ApprovalRequired
    | ApprovalNudged
    | ApprovalVoted
    | ApprovalEnded
    | GlassBroken
    | DelegationGranted
    | PreapprovalGranted
    | WarrantRevoked
    | SubtaskReady
    | SubtaskStarted
    | SubtaskCompleted
    | SubtaskStopped
    | SubtaskAssigned
    | AgentUnavailable
    | AgentHealthChanged
    | TaskPriorityChanged
    | TaskPruned
    | QueueChanged
    | NoticeResent
    | TaskHeartbeat,
    Field(discriminator="kind"),
]
FACT: TypeAdapter[Fact] = TypeAdapter(Fact)
"""Reads a fact back from its parts; the discriminator is `kind`."""

ENVELOPE = frozenset({"kind", "task_id", "subtask_id"})
"""Fields of a fact that stand beside its data wherever it is stored or shown."""


class Event(Value):
    """A fact with its place in the log. `seq` orders all events of all tasks; it has gaps."""

    seq: int
    at: datetime
    actor: str
    fact: Fact


def shown(event: Event) -> JsonObject:
    """An event as the API and the log show it: envelope outside, the rest under `data`."""
    body: dict[str, Json] = event.fact.model_dump(mode="json", exclude=set(ENVELOPE))
    return {
        "seq": event.seq,
        "kind": event.fact.kind,
        "at": event.at.isoformat(),
        "actor": event.actor,
        "task_id": event.fact.task_id,
        "subtask_id": getattr(event.fact, "subtask_id", None),
        "data": body,
    }
