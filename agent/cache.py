"""Free notes per task, in Redis: whatever is here may be gone at any moment, and no run may mind."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from pydantic_core import to_json
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

NOTES_PER_TASK = 200
NOTE_LENGTH = 4_000
KEPT_S = 7 * 24 * 3600
DEADLINE_S = 0.5
"""What one call may cost a run. Redis on the same machine answers in a fraction of a millisecond."""

AWAY_S = 1.0
"""After a failure nobody asks for so long: a dead Redis costs a run one deadline a second, not one a call."""

_CONNECTIONS = 16

_PUSH = """
for key, notes in pairs(cjson.decode(ARGV[3])) do
    for _, note in ipairs(notes) do redis.call('RPUSH', key, note) end
    redis.call('LTRIM', key, -tonumber(ARGV[1]), -1)
    redis.call('EXPIRE', key, ARGV[2])
end
"""
"""One command, and one text, for the notes of many tasks: as three for each, or as a word for each, writing them cost
more than making them."""

_TROUBLE = (RedisError, OSError, TimeoutError)

Answer = TypeVar("Answer")

_log = logging.getLogger(__name__)


class Notes:
    """Notes of tasks, the latest of each; absent notes and an absent Redis look the same.

    `add`, `add_all` and `of` never fail for Redis's sake; `ping` is the one that tells.
    """

    def __init__(self, url: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._away_until = 0.0
        self._is_away = False
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=DEADLINE_S,
            socket_timeout=DEADLINE_S,
            socket_connect_timeout=DEADLINE_S,
            # Once, for connections that Redis dropped while they lay idle.
            retry=Retry(NoBackoff(), 1),
            decode_responses=True,
            encoding_errors="replace",
        )
        self._redis = Redis.from_pool(pool)

    async def add(self, task_id: str, note: str) -> None:
        """As `add_all`, for one."""
        await self.add_all({task_id: (note,)})

    async def add_all(self, notes: Mapping[str, Sequence[str]]) -> None:
        """Keep notes of tasks, each cut to NOTE_LENGTH, among the last NOTES_PER_TASK of its task."""
        kept = {_key(task_id): [_kept(text) for text in texts] for task_id, texts in notes.items()}
        text = to_json(kept).decode()

        async def push() -> None:
            await self._redis.eval(_PUSH, 0, NOTES_PER_TASK, KEPT_S, text)

        await self._unless_away(push, None)

    async def of(self, task_id: str) -> tuple[str, ...]:
        """The notes that are still there, oldest first."""

        async def read() -> tuple[str, ...]:
            return tuple(str(note) for note in await self._redis.lrange(_key(task_id), 0, -1))

        return await self._unless_away(read, ())

    async def ping(self) -> str | None:
        """Null when Redis answers, otherwise why it does not. Asks even while it is away."""
        try:
            async with asyncio.timeout(DEADLINE_S):
                await self._redis.ping()
        except _TROUBLE as trouble:
            self._lost(trouble)
            return _told(trouble)
        self._found()
        return None

    async def aclose(self) -> None:
        await self._redis.aclose()

    async def _unless_away(self, call: Callable[[], Awaitable[Answer]], otherwise: Answer) -> Answer:
        if self._monotonic() < self._away_until:
            return otherwise
        try:
            async with asyncio.timeout(DEADLINE_S):
                answer = await call()
        except _TROUBLE as trouble:
            self._lost(trouble)
            return otherwise
        self._found()
        return answer

    def _lost(self, trouble: Exception) -> None:
        self._away_until = self._monotonic() + AWAY_S
        if not self._is_away:
            self._is_away = True
            _log.warning(_told(trouble))

    def _found(self) -> None:
        self._away_until = 0.0
        if self._is_away:
            self._is_away = False
            _log.info("Redis answers again")


def _kept(note: str) -> str:
    kept = note[:NOTE_LENGTH]
    return kept if kept.isascii() else kept.encode(errors="replace").decode()


def _key(task_id: str) -> str:
    return f"orchestrator:notes:{task_id}"


def _told(trouble: Exception) -> str:
    return f"Redis does not answer ({str(trouble) or type(trouble).__name__}); notes are lost until it does"
