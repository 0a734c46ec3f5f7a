"""The one write verb: `tx.record(state, *facts)`. Both are written in one transaction, or neither is."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple, assert_never

from agent.apart import apart
from agent.store import agents, approvals, nudges, plans, progress, pruning, queue, revisions, tasks, warrants
from agent.store.changes import (
    AgentFound,
    Granted,
    NewApproval,
    Nudged,
    PlanChanged,
    Planned,
    QueueSet,
    Recordable,
    Restood,
    Revoked,
    Submitted,
    SubtaskChanged,
    TaskEdited,
    TasksDropped,
)
from agent.store.queries import queries
from agent.store.rows import Connection
from agent.store.tickets import ADVANCE, issue
from domain.approval import Approval
from domain.errors import LostRaceError
from domain.event import Fact

_EVENTS = queries("events")


LARGE: Final = 500
"""Facts that a thread writes out, so that the loop serves others meanwhile."""


class Ticket(NamedTuple):
    """A task that somebody should look at, and the trace that led there."""

    task_id: str
    carrier: Mapping[str, str]


def _written(facts: Sequence[Fact]) -> str:
    return f"[{','.join(fact.model_dump_json() for fact in facts)}]"


class Tx:
    """A transaction under way. A guard that does not hold raises LostRaceError and undoes all of it."""

    def __init__(self, connection: Connection, actor: str) -> None:
        self.connection = connection
        self._actor = actor
        self.facts: list[Fact] = []
        self.tickets: list[Ticket] = []
        self._wakes = False

    async def record(self, state: Recordable, *facts: Fact) -> None:
        """Write a state and remember the facts of it; see `agent/store/changes.py` for what can be written."""
        if not await self._write(state):
            raise LostRaceError(f"{type(state).__name__} was changed by somebody else meanwhile")
        self.facts.extend(facts)

    def tell(self, *facts: Fact) -> None:
        """Facts that change no stored state."""
        self.facts.extend(facts)

    async def _write(self, state: Recordable) -> bool:
        match state:
            case Submitted():
                return await tasks.insert(self.connection, state)
            case TaskEdited():
                return await self._edit(state)
            case TasksDropped():
                return await pruning.drop(self.connection, state)
            case Planned():
                return await plans.insert(self.connection, state)
            case PlanChanged():
                return await revisions.insert(self.connection, state)
            case Restood():
                return await revisions.restand(self.connection, state)
            case NewApproval() | Approval() | Granted() | Revoked() | Nudged():
                return await self._write_gate(state)
            case SubtaskChanged():
                return await progress.update(self.connection, state)
            case AgentFound():
                return await agents.set_health(self.connection, state)
            case QueueSet():
                return await queue.update(self.connection, state.settings)
            case other:
                assert_never(other)

    async def _edit(self, state: TaskEdited) -> bool:
        edited = await tasks.update(self.connection, state)
        self._wakes = self._wakes or (edited is not None and edited.owned)
        return edited is not None

    async def _write_gate(self, state: NewApproval | Approval | Granted | Revoked | Nudged) -> bool:
        match state:
            case NewApproval():
                return await approvals.insert(self.connection, state.approval)
            case Approval():
                return await approvals.update(self.connection, state)
            case Granted():
                return await warrants.insert(self.connection, state.warrant)
            case Revoked():
                return await warrants.revoke(self.connection, state)
            case Nudged():
                return await nudges.insert(self.connection, state)
            case other:
                assert_never(other)

    async def advance(
        self, task_id: str, *, urgency: int = 0, carrier: Mapping[str, str] | None = None
    ) -> None:
        """Put a ticket for this task into the queue: somebody with a hand free will look at it.

        Where hands are short, the highest `urgency` goes first.
        """
        await issue(self.connection, ADVANCE, task_id, urgency=urgency, carrier=carrier)
        self.tickets.append(Ticket(task_id, carrier or {}))

    async def hint(self) -> None:
        """Tell workers, on commit, that a task of theirs may have changed. No payload: they look for themselves."""
        await self.connection.execute("SELECT pg_notify('orchestrator_wake', '')")

    async def append(self) -> None:
        """Append the facts and tell whoever listens. Last of all: it takes the one lock that orders the
        log, and whoever holds that must be about to commit, never about to wait.
        """
        if self.facts:
            large = len(self.facts) >= LARGE
            facts = await apart(partial(_written, self.facts)) if large else _written(self.facts)
            append = _EVENTS["append_text_and_wake" if self._wakes else "append_text"]
            await self.connection.execute(append, self._actor, facts)
        elif self._wakes:
            await self.hint()
