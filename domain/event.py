"""Events: facts, each appended in the transaction that made it true.

The event log is at once audit trail, outbox, stream and replay source. `domain/facts/` holds the facts by what
they are about, `Fact` is the closed union of them; `domain/fold.py` shows that every stored state follows from it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

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


class Unknown(Value):
    """A fact of a kind, or with a value, that only a newer program knows: nobody here acts upon it."""

    kind: str
    task_id: str | None = None
    subtask_id: str | None = None


class Event(Value):
    """A fact with its place in the log. `seq` orders all events of all tasks; it has gaps."""

    seq: int
    at: datetime
    actor: str
    fact: Fact | Unknown


class Newer(Event):
    """An event of which a newer program has stored more than this one knows: its `fact` is the part that is known
    here, and whoever it is passed on to gets the whole.
    """

    data: JsonObject


def known(fact: Mapping[str, object]) -> Fact | Unknown:
    """What a newer program's fact says to this one: fields that are not known here are left out."""
    try:
        return FACT.validate_python(fact, extra="ignore")
    except ValidationError:
        return Unknown.model_validate({name: fact.get(name) for name in ENVELOPE})


def shown(event: Event) -> JsonObject:
    """An event as the API and the log show it: envelope outside, the rest under `data`."""
    body: dict[str, Json] = (
        event.data if isinstance(event, Newer) else event.fact.model_dump(mode="json", exclude=set(ENVELOPE))
    )
    return {
        "seq": event.seq,
        "kind": event.fact.kind,
        "at": event.at.isoformat(),
        "actor": event.actor,
        "task_id": event.fact.task_id,
        "subtask_id": getattr(event.fact, "subtask_id", None),
        "data": body,
    }
