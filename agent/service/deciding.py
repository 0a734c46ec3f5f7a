"""Decides approvals: whoever is first, by whatever way, through this one function."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

from agent.service.releasing import Releasing
from agent.store import approvals, tasks, warrants
from agent.store.approvals import Approvals
from agent.store.changes import TaskEdited
from agent.store.database import Database
from agent.store.plans import Plans
from agent.store.tx import Tx
from agent.store.warrants import Warrants
from approvals.authority import Known
from approvals.kind import kind_of
from approvals.quorum import ANYBODY, Ballot, Electorate, decide, ended
from approvals.warrants import break_glass, said_before
from domain.approval import Answer, Approval, ApprovalStatus
from domain.clock import Clock
from domain.errors import ApprovalExpiredError, LostRaceError
from domain.event import Fact
from domain.facts.task import TaskChanged
from domain.principal import Principal
from domain.task import Task


@dataclass(frozen=True)
class Voice:
    """What one person says, as it came in: `seen_hash` is the plan they looked at, if they said."""

    by: Principal
    answer: Answer
    reason: str = ""
    seen_hash: str | None = None

    def at(self, now: datetime) -> Ballot:
        return Ballot(self.by, self.answer, now, self.reason, self.seen_hash)


@dataclass(frozen=True)
class Held:
    """A task and its approval, held until the transaction ends, and the database's time once they are."""

    tx: Tx
    task: Task
    approval: Approval
    now: datetime


Said = tuple[Approval, tuple[Fact, ...]]
Rule = Callable[[Held, Electorate], Said]
"""What becomes of the approval; without facts nothing does."""


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
        self._releasing = Releasing(clock, carrier)

    async def decide(self, reference: str, voice: Voice, *, supersede: Supersede | None = None) -> Approval:
        """Count one voice. `reference` is an approval's id or short code; `supersede` goes with `changes`.

        Raises what `approvals.quorum.decide` raises, NotFoundError for an unknown approval. Whoever comes
        second is told what is stored; the same answer again is told so without an error.
        """
        return await self._said(
            reference,
            voice,
            lambda held, people: decide(held.approval, voice.at(held.now), people),
            supersede,
        )

    async def break_glass(self, reference: str, voice: Voice) -> Approval:
        """Let a plan run without those who should be asked. Raises what `approvals.warrants.break_glass` does."""
        return await self._said(
            reference, voice, lambda held, _people: break_glass(held.approval, voice.at(held.now))
        )

    async def say_again(self, task_id: str) -> None:
        """Count what people said before of plans of this kind, if the task waits for an approval."""
        if self._known is None or not await Warrants(self._database.pool).any_preapproval():
            return
        waiting = [a for a in await Approvals(self._database.pool).of(task_id) if a.status == "pending"]
        for approval in waiting:
            plan = (await Plans(self._database.pool).get(task_id, approval.revision)).open()
            # Lost to the clock or to a person: then it is decided, and nobody waits for what was said before.
            with suppress(LostRaceError):
                await self._say_again(str(approval.approval_id), kind_of(plan))

    async def _say_again(self, reference: str, kind: str) -> None:
        async with self._database.transaction("preapproval") as tx:
            held = await self._hold(tx, reference)
            for said in await warrants.of_kind(tx.connection, kind, held.now):
                people = await self._people(held, said.vote.approver)
                decided, facts = said_before(held.approval, said, people, held.now)
                await self._settle(held, (decided, facts), said.vote.reason)
                held = Held(tx, held.task, decided, held.now)

    async def _said(
        self, reference: str, voice: Voice, rule: Rule, supersede: Supersede | None = None
    ) -> Approval:
        while True:
            try:
                return await self._try(reference, voice, rule, supersede)
            except ApprovalExpiredError:
                await self.expire((await Approvals(self._database.pool).find(reference)).task_id)
                raise
            except LostRaceError:
                # The clock overtook the vote between reading and writing: read again, and it will say so.
                continue

    async def _try(self, reference: str, voice: Voice, rule: Rule, supersede: Supersede | None) -> Approval:
        async with self._database.transaction(voice.by.id or "nobody") as tx:
            held = await self._hold(tx, reference)
            decided, facts = rule(held, await self._people(held, voice.by.id))
            await self._settle(held, (decided, facts), voice.reason, supersede)
        if facts and decided.status != "pending":
            self._observe(decided.status, (held.now - decided.requested_at).total_seconds())
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
            silence = "nobody decided in time"
            await self._settle(Held(tx, task, approval, now), (expired, (ended(expired, silence),)), silence)
        self._observe("expired", (now - approval.requested_at).total_seconds())

    async def _hold(self, tx: Tx, reference: str) -> Held:
        task, approval, now = await approvals.held(tx.connection, reference)
        return Held(tx, task, approval, now)

    async def _people(self, held: Held, speaker: str) -> Electorate:
        """Who people are by now, what was lent to the speaker, and which earlier votes lost their ground."""
        if self._known is None:
            return ANYBODY
        connection = held.tx.connection
        used = [vote.warrant for vote in held.approval.votes if vote.warrant is not None]
        return Electorate(
            self._known,
            await warrants.lent_to(connection, speaker, held.now),
            await warrants.revoked_among(connection, used),
        )

    async def _settle(self, held: Held, said: Said, reason: str, supersede: Supersede | None = None) -> None:
        decided, facts = said
        if not facts:
            return
        await held.tx.record(decided, *facts)
        match decided.status:
            case "pending":
                return
            case "superseded":
                if supersede is None:
                    raise ValueError("asking for changes needs the plan that comes instead")
                await supersede(held.tx, held.task, decided)
            case "approved" | "rejected" | "expired" | "cancelled":
                await self._follow(held.tx, held.task, decided, reason)
            case other:
                assert_never(other)

    async def _follow(self, tx: Tx, task: Task, approval: Approval, reason: str) -> None:
        """What the decision means for the task. An approval makes it planned and no more, unless it is to
        run by itself.
        """
        if task.plan_hash != approval.plan_hash or task.ended or task.status == "cancelling":
            return
        if task.status != "approval_pending":
            await self._releasing.follow(tx, task, approval, reason)
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
