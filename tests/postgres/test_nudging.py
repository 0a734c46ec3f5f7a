"""What waits is told again: at half of its time, at four fifths to others besides, all at once where many wait."""

import asyncio
from collections import Counter
from collections.abc import Collection
from datetime import timedelta

from agent.service.nudging import MANY, Nudging
from agent.store.approvals import Approvals
from agent.store.deliveries import Parcel
from agent.store.plans import Plans
from agent.telling.composing import Composing
from agent.telling.destinations import Destinations
from notifiers.notice import Asked, PendingDigest
from tests.kit.house import House, house
from tests.kit.plans import DEMAND, gated, plan

EVERYWHERE = Destinations(linear=True, mail=True, mailboxes=("ops@example.com",))
ESCALATING = DEMAND.model_copy(update={"escalate_to": ("ciso",), "ttl_s": 1_000.0})


class People:
    def mailbox(self, name: str) -> str | None:
        return f"{name}@example.com"

    def mailboxes(self, roles: Collection[str]) -> tuple[str, ...]:
        return tuple(f"{role}@example.com" for role in roles)


async def ask(h: House, task: str) -> None:
    await h.submit(gated(plan(task, {"a": ""}), "a", demand=ESCALATING), execute=False)


async def after(h: House, seconds: float) -> list[Parcel]:
    """What is told at that time, and was not told before."""
    before = await h.events.head()
    await h.database.pool.execute("UPDATE clock SET ahead = $1", timedelta(seconds=seconds))
    await asyncio.gather(*(Nudging(h.database).step() for _ in range(3)))
    composing = Composing(h.tasks, Plans(h.database.pool), Approvals(h.database.pool), EVERYWHERE, People())
    return [parcel for event in await h.events.after(before) for parcel in await composing.parcels(event)]


def told(parcels: list[Parcel]) -> Counter[tuple[str, str]]:
    return Counter((parcel.notice.message.kind, parcel.notice.to) for parcel in parcels)


async def test_people_are_reminded_once_and_others_are_called_later(dsn: str) -> None:
    async with house(dsn) as h:
        await ask(h, "t1")
        assert await after(h, 400) == []
        reminded = await after(h, 510)
        assert told(reminded) == {("approval_reminder", ""): 1, ("approval_reminder", "ops@example.com"): 1}
        assert await after(h, 700) == []
        escalated = await after(h, 810)
        assert told(escalated) == {
            ("approval_escalated", ""): 1,
            ("approval_escalated", "ops@example.com"): 1,
            ("approval_escalated", "ciso@example.com"): 1,
        }
        threads = {p.notice.thread for p in (*reminded, *escalated) if not p.notice.to}
        assert len(threads) == 1
        assert all(isinstance(p.notice.message, Asked) for p in escalated)
        assert await after(h, 900) == []


async def test_nobody_is_told_again_of_what_is_decided_or_over(dsn: str) -> None:
    async with house(dsn) as h:
        await ask(h, "decided")
        await ask(h, "over")
        await h.approve("decided")
        parcels = await after(h, 1_001)
        assert parcels == []
        await h.deciding.expire("over")
        before = await h.events.head()
        await Nudging(h.database).step()
        assert await h.events.head() == before


async def test_where_many_wait_one_digest_tells_of_all(dsn: str) -> None:
    async with house(dsn) as h:
        for n in range(MANY):
            await ask(h, f"t{n}")
        parcels = await after(h, 510)
        kinds = {parcel.notice.message.kind for parcel in parcels}
        assert kinds == {"approvals_digest"}
        assert len({parcel.notice.notice_id for parcel in parcels}) == 2, "one for each place"
        message = parcels[0].notice.message
        assert isinstance(message, PendingDigest)
        assert (message.total, len(message.waiting)) == (MANY, MANY)
