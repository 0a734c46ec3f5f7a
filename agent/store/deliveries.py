"""Notices on their way, in the database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from agent.store.queries import queries
from agent.store.rows import Connection, Pool
from agent.store.tickets import DELIVER, issue
from domain.base import Value
from domain.errors import NotFoundError
from notifiers.notice import Notice

_SQL = queries("deliveries")

DeliveryState = Literal["waiting", "sent", "dead"]

CLAIM = timedelta(seconds=60)
"""How long a courier may take over one notice."""

LOST_AFTER = timedelta(seconds=2)


class Parcel(NamedTuple):
    """A notice to be sent until `give_up_at`."""

    notice: Notice
    task_id: str | None
    give_up_at: datetime


class Claimed(NamedTuple):
    notice: Notice
    attempts: int
    give_up_at: datetime


class Settled(NamedTuple):
    """What became of one attempt to send; `next_at` where it is tried again."""

    state: DeliveryState
    why: str | None = None
    receipt: str | None = None
    next_at: datetime | None = None
    mute: bool = False


class Delivery(Value):
    """A notice as it is listed."""

    notice_id: UUID
    channel: str
    recipient: str
    task_id: str | None
    kind: str
    state: DeliveryState
    attempts: int
    next_at: datetime
    give_up_at: datetime
    why: str | None
    receipt: str | None
    created_at: datetime
    settled_at: datetime | None


class Place(NamedTuple):
    """Where a page of deliveries ended."""

    created_at: datetime
    notice_id: UUID


async def place(connection: Connection, reader: str) -> int | None:
    """Where this reader of the log is, held until the transaction ends; None where another one holds it."""
    seq: int | None = await connection.fetchval(_SQL["place"], reader)
    return seq


async def begin_reading(connection: Connection, reader: str, seq: int) -> None:
    """Read from behind `seq`, unless it has a place already."""
    await connection.execute(_SQL["begin_reading"], reader, seq)


async def move_place(connection: Connection, reader: str, seq: int) -> None:
    await connection.execute(_SQL["move_place"], reader, seq)


async def add(connection: Connection, parcels: Sequence[Parcel]) -> int:
    """Store what is not on its way already, each with its ticket; how many were new."""
    if not parcels:
        return 0
    rows = [
        {
            "notice_id": parcel.notice.notice_id,
            "channel": parcel.notice.channel,
            "recipient": parcel.notice.to,
            "task_id": parcel.task_id,
            "notice": parcel.notice,
            "give_up_at": parcel.give_up_at,
        }
        for parcel in parcels
    ]
    added = await connection.fetch(_SQL["add"], rows)
    for row in added:
        await issue(connection, DELIVER, str(row["notice_id"]))
    return len(added)


async def claim(connection: Connection, notice_id: str) -> Claimed | None:
    """The notice, if it is due and nobody else is at it."""
    row = await connection.fetchrow(_SQL["claim"], UUID(notice_id), CLAIM)
    if row is None:
        return None
    return Claimed(Notice.model_validate(row["notice"]), row["attempts"], row["give_up_at"])


async def settle(connection: Connection, notice_id: UUID, settled: Settled) -> None:
    await connection.execute(
        _SQL["settle"], notice_id, settled.state, settled.why, settled.receipt, settled.next_at
    )
    if settled.mute:
        await connection.execute(_SQL["mute"], notice_id)
    if settled.state == "waiting":
        await issue(connection, DELIVER, str(notice_id), at=settled.next_at)


async def resend(connection: Connection, notice_id: UUID) -> bool:
    """Send a dead letter after all; False for one that is not dead."""
    if await connection.fetchval(_SQL["resend"], notice_id) is None:
        return False
    await issue(connection, DELIVER, str(notice_id))
    return True


async def one(connection: Connection | Pool, notice_id: UUID) -> Delivery:
    """Raises NotFoundError."""
    row = await connection.fetchrow(_SQL["delivery"], notice_id)
    if row is None:
        raise NotFoundError(f"there is no delivery {notice_id}; GET /deliveries lists those there are")
    return Delivery.model_validate(dict(row))


async def recall(connection: Connection, limit: int) -> int:
    """New tickets for deliveries whose own were lost; how many."""
    rows = await connection.fetch(_SQL["overdue"], LOST_AFTER, limit)
    for row in rows:
        await issue(connection, DELIVER, str(row["notice_id"]))
    return len(rows)


class Deliveries:
    """Reading deliveries."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def page(
        self,
        *,
        states: Sequence[DeliveryState] | None = None,
        task_id: str | None = None,
        after: Place | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """Newest first; `after` is where the page before ended."""
        rows = await self._pool.fetch(
            _SQL["page"],
            list(states) if states else None,
            task_id,
            after.created_at if after else None,
            after.notice_id if after else None,
            limit,
        )
        return [Delivery.model_validate(dict(row)) for row in rows]

    async def get(self, notice_id: UUID) -> Delivery:
        """Raises NotFoundError."""
        return await one(self._pool, notice_id)

    async def asked_by(self, notice_id: UUID) -> str | None:
        """The approval that a notice asked about."""
        approval_id: str | None = await self._pool.fetchval(_SQL["asked_by"], notice_id)
        return approval_id

    async def standing(self) -> tuple[int, int, float]:
        """How many wait, how many are dead, and for how many seconds the oldest has been waiting."""
        row: Any = await self._pool.fetchrow(_SQL["standing"])
        return row["waiting"], row["dead"], float(row["oldest_s"])
