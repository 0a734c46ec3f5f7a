"""Whether the service can work: the database must answer; Redis and the servers are told of."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from agent.service.views.readiness import Readiness
from agent.store.pool import GONE
from agent.store.rows import Pool
from domain.agent import Health
from domain.clock import Clock

ANSWER_S: Final = 2.0


class Ready:
    """`ping` tells why Redis does not answer, or None; `gateway` probes the MCP gateway."""

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        ping: Callable[[], Awaitable[str | None]],
        gateway: Callable[[], Awaitable[tuple[Health, str | None]]],
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._ping = ping
        self._gateway = gateway

    async def __call__(self) -> Readiness:
        database, redis, gateway = await asyncio.gather(self._database(), self._ping(), self._gateway_state())
        return Readiness(
            status="ready" if database is None else "not_ready",
            timestamp=self._clock.now(),
            database=database or "connected",
            redis=redis or "connected",
            gateway=gateway,
        )

    async def _database(self) -> str | None:
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._pool.fetchval("SELECT 1")
        except GONE as error:
            return f"unreachable: {str(error) or type(error).__name__}"
        return None

    async def _gateway_state(self) -> str:
        try:
            async with asyncio.timeout(ANSWER_S):
                health, reason = await self._gateway()
        except TimeoutError:
            return f"unreachable: no answer within {ANSWER_S:g} s"
        return {"healthy": "connected", "unknown": "not used"}.get(health) or f"unreachable: {reason}"
