"""Takes one notice where it goes, and decides what its answer means. Nothing is sent within a transaction."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, assert_never

from agent.store import deliveries
from agent.store.database import Database
from agent.store.deliveries import Claimed, Settled
from agent.telling.calling import nobody
from domain.clock import Clock
from notifiers.notice import ChannelName, Notice
from notifiers.ports import Channel, Dead, Later, Outcome, Sent, Unsure

FIRST_S: Final = 2.0
LONGEST_S: Final = 1_800.0


class Courier:
    """`channels` are those that are configured; `observe(channel, outcome)` hears of every attempt;
    `dressed` puts the links into a notice as it leaves, `called` the people that it calls.
    """

    def __init__(
        self,
        database: Database,
        channels: Mapping[ChannelName, Channel],
        clock: Clock,
        draw: Callable[[], float],
        observe: Callable[[ChannelName, str], None],
        *,
        dressed: Callable[[Notice], Notice] = lambda notice: notice,
        called: Callable[[Notice], Awaitable[Notice]] = nobody,
    ) -> None:
        self._database = database
        self._channels = channels
        self._clock = clock
        self._draw = draw
        self._observe = observe
        self._dressed = dressed
        self._called = called

    async def deliver(self, notice_id: str, _headers: Mapping[str, str]) -> None:
        """One attempt, if it is due and nobody else is at it."""
        async with self._database.transaction("courier") as tx:
            claimed = await deliveries.claim(tx.connection, notice_id)
        if claimed is None:
            return
        outcome = await self._send(claimed)
        self._observe(claimed.notice.channel, outcome.kind)
        settled = settle(outcome, claimed, now=self._clock.now(), draw=self._draw())
        async with self._database.transaction("courier") as tx:
            await deliveries.settle(tx.connection, claimed.notice.notice_id, settled)

    async def _send(self, claimed: Claimed) -> Outcome:
        channel = self._channels.get(claimed.notice.channel)
        if channel is None:
            return Later(why=f"channel {claimed.notice.channel} is not configured here", after_s=60)
        return await channel.send(await self._called(self._dressed(claimed.notice)))


def settle(outcome: Outcome, claimed: Claimed, *, now: datetime, draw: float) -> Settled:
    """What an attempt's outcome means: sent, tried again later, or a dead letter. `draw` is uniform in [0, 1)."""
    match outcome:
        case Sent(receipt=receipt):
            return Settled("sent", receipt=receipt)
        case Dead(why=why, gone=gone):
            return Settled("dead", why=why, mute=gone)
        case Later(why=why, after_s=after_s) | Unsure(why=why, after_s=after_s):
            next_at = now + timedelta(seconds=max(after_s or 0.0, back_off_s(claimed.attempts, draw)))
            if next_at >= claimed.give_up_at:
                return Settled("dead", why=f"given up after {claimed.attempts} attempts: {why}")
            return Settled("waiting", why=why, next_at=next_at)
        case other:
            assert_never(other)


def back_off_s(attempts: int, draw: float) -> float:
    """Doubles from two seconds to half an hour; half of each step is drawn, so that not all come at once."""
    step = min(LONGEST_S, FIRST_S * 2.0 ** min(attempts - 1, 20))
    return step / 2 + draw * step / 2
