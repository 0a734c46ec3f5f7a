"""Approvals and votes in the database."""

from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID

from agent.store import tasks
from agent.store.queries import queries
from agent.store.rows import Connection, Pool, Row, known
from domain.approval import ANSWERED, Approval, Vote
from domain.base import JsonObject
from domain.errors import LostRaceError, NotFoundError
from domain.ids import ApprovalId, is_code
from domain.task import Task
from domain.verdict import Demand

_SQL = queries("approvals")


class Found(NamedTuple):
    approval_id: ApprovalId
    task_id: str


class Place(NamedTuple):
    """Where a page of pending approvals ended."""

    expires_at: datetime
    approval_id: UUID


def read(row: Row) -> Approval:
    return Approval(
        approval_id=row["approval_id"],
        code=row["code"],
        task_id=row["task_id"],
        revision=row["revision"],
        plan_hash=row["plan_hash"],
        level=row["level"],
        demand=Demand.model_validate(row["demand"]),
        requester=row["requester"],
        authors=tuple(row["authors"]),
        subtask_ids=tuple(row["subtask_ids"]),
        status=row["status"],
        requested_at=row["requested_at"],
        expires_at=row["expires_at"],
        decided_at=row["decided_at"],
        votes=tuple(Vote.model_validate(known(Vote, vote)) for vote in row["votes"]),
    )


def read_whole(row: JsonObject) -> Approval:
    """One that came as JSON, with its votes in it."""
    votes = [known(Vote, vote) for vote in cast("list[JsonObject]", row["votes"])]
    return Approval.model_validate({**known(Approval, row), "votes": votes})


async def insert(connection: Connection, approval: Approval) -> bool:
    await connection.execute(
        _SQL["insert_approval"],
        approval.approval_id,
        approval.code,
        approval.task_id,
        approval.revision,
        approval.plan_hash,
        approval.level,
        approval.demand,
        approval.requester,
        list(approval.subtask_ids),
        approval.requested_at,
        approval.expires_at,
        list(approval.authors),
    )
    return True


async def update(connection: Connection, approval: Approval) -> bool:
    """Store a decision, or one more voice. False where somebody or the clock was first."""
    if approval.status != "pending":
        done = await connection.execute(_SQL["decide_approval"], approval.approval_id, approval.status)
        if done != "UPDATE 1":
            return False
    vote = approval.votes[-1] if approval.votes else None
    if vote is not None and (
        approval.status in {"pending", "approved", "rejected"} or ANSWERED[vote.answer] == approval.status
    ):
        await connection.execute(
            _SQL["insert_vote"],
            approval.approval_id,
            vote.approver,
            vote.role,
            vote.answer,
            vote.reason,
            vote.at,
            vote.unauthenticated,
            vote.hash_unseen,
            vote.means,
            vote.on_behalf_of,
            vote.warrant,
        )
    return True


async def release_gated(connection: Connection, approval: Approval) -> None:
    """What waited for this approval waits no longer."""
    await connection.execute(
        queries("progress")["release_gated"], approval.task_id, list(approval.subtask_ids)
    )


async def locked(connection: Connection, approval_id: ApprovalId) -> tuple[Approval, datetime]:
    """The approval, held until the transaction ends, and the database's time once it is held."""
    await connection.fetchval(_SQL["locked_approval"], approval_id)
    row = await connection.fetchrow(_SQL["approval"], approval_id)
    if row is None:
        raise LostRaceError(f"approval {approval_id} is gone")
    return read(row), await connection.fetchval("SELECT db_now()")


async def held(connection: Connection, reference: str) -> tuple[Task, Approval, datetime]:
    """The task and its approval, held in this order until the transaction ends, and the database's time then.

    By id or short code (typed in any case). Raises NotFoundError.
    """
    row = await connection.fetchrow(_SQL["held_approval"], *_named(reference))
    if row is None:
        raise _nobody_knows(reference)
    return tasks.read(row), read_whole(row["approval"]), row["held_at"]


def _named(reference: str) -> tuple[UUID | None, str | None]:
    text = reference.strip()
    try:
        approval_id = UUID(text)
    except ValueError:
        approval_id = None
    code = text.upper()
    return approval_id, code if is_code(code) else None


def _nobody_knows(reference: str) -> NotFoundError:
    return NotFoundError(f"there is no approval {reference!r}; GET /approvals/pending lists those that wait")


async def pending_of(connection: Connection, task_id: str) -> Approval | None:
    """The task's pending approval, held. At most one is pending (a unique index sees to it)."""
    for row in await connection.fetch(_SQL["approvals_of"], task_id):
        if row["status"] == "pending":
            return (await locked(connection, row["approval_id"]))[0]
    return None


async def overdue(pool: Pool) -> list[str]:
    """Tasks whose approval nobody decided in time, and nobody has expired yet."""
    return [row["task_id"] for row in await pool.fetch(_SQL["overdue"])]


class Approvals:
    """Reading approvals."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, reference: str) -> Found:
        """By id or short code (typed in any case). Raises NotFoundError."""
        row = await self._pool.fetchrow(_SQL["find_approval"], *_named(reference))
        if row is None:
            raise _nobody_knows(reference)
        return Found(row["approval_id"], row["task_id"])

    async def get(self, reference: str) -> Approval:
        """Raises NotFoundError."""
        found = await self.find(reference)
        row = await self._pool.fetchrow(_SQL["approval"], found.approval_id)
        if row is None:
            raise NotFoundError(f"approval {reference!r} is gone")
        return read(row)

    async def of(self, task_id: str) -> list[Approval]:
        return [read(row) for row in await self._pool.fetch(_SQL["approvals_of"], task_id)]

    async def count_pending(self) -> int:
        found: int = await self._pool.fetchval(_SQL["count_pending"])
        return found

    async def pending(self, *, after: Place | None = None, limit: int = 50) -> list[tuple[Approval, str]]:
        """Those that wait, the most urgent first, each with its task's title."""
        rows = await self._pool.fetch(
            _SQL["pending_approvals"],
            after.expires_at if after else None,
            after.approval_id if after else None,
            limit,
        )
        return [(read(row), row["title"]) for row in rows]
