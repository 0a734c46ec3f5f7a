"""Decides approvals: whoever is first, by whatever way, through this one function."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from agent.store import approvals, tasks
from agent.store.approvals import Approvals, Found
from agent.store.changes import TaskEdited
from agent.store.database import Database
from agent.store.tx import Tx
from approvals.authority import Known
from approvals.quorum import Ballot, Electorate, decide, ended
from domain.approval import Answer, Approval, ApprovalStatus
from domain.clock import Clock
from domain.errors import ApprovalExpiredError, LostRaceError
from domain.event import TaskChanged
from domain.principal import Principal
from domain.task import Task


@dataclass(frozen=True)
class Voice:
    """What one person says, as it came in: `seen_hash` is the plan they looked at, if they said."""

    by: Principal
    answer: Answer
    reason: str = ""
    seen_hash: str | None = None


Supersede = Callable[[Tx, Task, Approval], Awaitable[None]]
"""Puts another plan in the place of one that was asked to be different, in the deciding transaction."""


class Deciding:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        carrier: Callable[[], Mapping[str, str]],
        observe: Callable[[ApprovalStatus, float], None],
        known: Known | None = None,
    ) -> None:
        """`known` is null where nobody proves who they are."""
        self._database = database
        self._clock = clock
        self._carrier = carrier
        self._observe = observe
        self._known = known

    async def decide(self, reference: str, voice: Voice, *, supersede: Supersede | None = None) -> Approval:
        """Count one voice. `reference` is an approval's id or short code; `supersede` goes with `changes`.

        Raises what `approvals.quorum.decide` raises, NotFoundError for an unknown approval. Whoever comes
        second is told what is stored; the same answer again is told so without an error.
        """
        found = await Approvals(self._database.pool).find(reference)
        while True:
            try:
                return await self._try(found, voice, supersede)
            except ApprovalExpiredError:
                await self.expire(found.task_id)
                raise
            except LostRaceError:
                # The clock overtook the vote between reading and writing: read again, and it will say so.
                continue

    async def _try(self, found: Found, voice: Voice, supersede: Supersede | None) -> Approval:
        async with self._database.transaction(voice.by.id or "nobody") as tx:
            task = await tasks.locked(tx.connection, found.task_id)
            approval, now = await approvals.locked(tx.connection, found.approval_id)
            ballot = Ballot(voice.by, voice.answer, now, voice.reason, voice.seen_hash)
            decided, facts = decide(approval, ballot, Electorate(self._known))
            if not facts:
                return approval
            await tx.record(decided, *facts)
            if decided.status == "superseded":
                if supersede is None:
                    raise ValueError("asking for changes needs the plan that comes instead")
                await supersede(tx, task, decided)
            elif decided.status != "pending":
                await self._follow(tx, task, decided, voice.reason)
        if decided.status != "pending":
            self._observe(decided.status, (now - decided.requested_at).total_seconds())
        return decided

    async def expire(self, task_id: str) -> None:
        """Refuse the task's approval if nobody decided in time; nothing happens to one that has time left."""
        async with self._database.transaction("clock") as tx:
            task = await tasks.locked(tx.connection, task_id)
            approval = await approvals.pending_of(tx.connection, task_id)
            if approval is None:
                return
            now = await tx.connection.fetchval("SELECT db_now()")
            if now < approval.expires_at:
                return
            expired = approval.model_copy(update={"status": "expired", "decided_at": now})
            await tx.record(expired, ended(expired, "nobody decided in time"))
            await self._follow(tx, task, expired, "nobody decided in time")
        self._observe("expired", (now - approval.requested_at).total_seconds())

    async def _follow(self, tx: Tx, task: Task, approval: Approval, reason: str) -> None:
        """What the decision means for the task. An approval makes it planned and no more, unless it is to
        run by itself.
        """
        if task.status != "approval_pending" or task.plan_hash != approval.plan_hash:
            return
        now = self._clock.now()
        if approval.status == "approved":
            await approvals.release_gated(tx.connection, approval)
            await tx.record(
                TaskEdited(task.to("planned", wake_at=now if task.under_way else None)),
                TaskChanged(kind="task_approved", task_id=task.task_id, status="planned"),
            )
            if task.under_way:
                await tx.advance(task.task_id, urgency=task.urgency, carrier=dict(self._carrier()))
            return
        refused: Literal["rejected", "expired"] = "rejected" if approval.status == "rejected" else "expired"
        await tx.record(
            TaskEdited(task.to(refused, wake_at=None, reason=reason or None)),
            TaskChanged(
                kind="task_rejected" if refused == "rejected" else "task_expired",
                task_id=task.task_id,
                status=refused,
                reason=reason or None,
            ),
        )
