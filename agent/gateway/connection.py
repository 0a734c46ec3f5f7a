"""One connection to an MCP backend, owned by one task from its opening to its end.

The library ties a client to the task that opened it and ends that task's work when the backend goes. So an
owner opens the client, lends it to callers, and closes it; a caller only ever waits for the owner.
"""

import asyncio
import contextvars
import importlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from logging import getLogger
from typing import assert_never

from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp.types import CONNECTION_CLOSED, INVALID_REQUEST, Implementation

from agent.gateway.catalogue import Catalogue, Offered
from agent.gateway.child import Tail, started
from agent.gateway.errors import NotSentError, ToolMissingError
from agent.gateway.line import Trust, dialled
from agent.gateway.servers import Address, Dialled, Started
from agent.gateway.wire import JOURNEY, Journey, Streams
from domain.errors import OrchestratorError
from domain.tool import ToolCall

OPENING_S = 30.0
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 15.0
MOST_PAGES = 100
RELISTED_S = 1.0
"""A list younger than this is not fetched again for the sake of one missing tool."""

_GONE = frozenset({CONNECTION_CLOSED, INVALID_REQUEST})
"""What a listing fails with when the backend, or our session with it, is no more."""

_IDENTITY = Implementation(name="orchestrator", version="1")

log = getLogger(__name__)


@dataclass
class Live:
    """An open client, and what it offers."""

    client: Client
    catalogue: Catalogue
    ended: asyncio.Event
    retired: bool = False
    listing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def retire(self) -> None:
        """Of no more use (a lost session, say): the next caller gets a new one."""
        self.retired = True
        self.ended.set()

    async def name_of(self, call: ToolCall, naming: str, within_s: float) -> str:
        """What the tool is called here; asked again before it is said to be missing."""
        try:
            return self.catalogue.resolve(call.server, call.tool, naming)
        except ToolMissingError:
            await self.refresh(RELISTED_S, within_s)
            return self.catalogue.resolve(call.server, call.tool, naming)

    async def refresh(self, fresh_s: float, within_s: float) -> None:
        """Lists the tools again unless that was done lately; raises NotSentError where it cannot be done."""
        asked_at = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(within_s), self.listing:
                if self.catalogue.listed_at <= asked_at - fresh_s:
                    self.catalogue = await listed(self.client)
        except MCPError as error:
            if error.code in _GONE:
                self.retire()
            raise NotSentError(f"its tools cannot be listed: {_said(error)}") from error
        except TimeoutError as error:
            raise NotSentError(f"its tools could not be listed within {within_s:.1f} s") from error
        except (ValueError, RuntimeError) as error:
            raise NotSentError(f"its tools cannot be listed: {_said(error)}") from error


class Connection:
    """Opened on first use, opened again when it has ended; pauses grow while that fails."""

    def __init__(
        self,
        name: str,
        address: Callable[[], Address],
        trust: Trust,
        group: asyncio.TaskGroup,
    ) -> None:
        self._name = name
        self._address = address
        self._trust = trust
        self._group = group
        self._opening: asyncio.Future[Live] | None = None
        self._owner: asyncio.Task[None] | None = None
        self._failures = 0
        self._not_before = 0.0
        self._reason = ""

    async def live(self, within_s: float) -> Live:
        """The open connection; raises NotSentError with the reason where it cannot be had in time."""
        opening = self._opening
        if opening is None or _is_over(opening):
            opening = self._open()
        try:
            async with asyncio.timeout(within_s):
                return await asyncio.shield(opening)
        except TimeoutError:
            raise NotSentError(
                f"{self._name} was not ready within {within_s:.1f} s; nothing was sent"
            ) from None

    def worked(self) -> None:
        """A call went through: what failed before is forgiven."""
        self._failures = 0

    def close(self) -> None:
        """Ends it in good order; an opening that is still under way is given up."""
        if self._opening and _is_open(self._opening):
            self._opening.result().retire()
        elif self._owner:
            self._owner.cancel()

    def _open(self) -> asyncio.Future[Live]:
        loop = asyncio.get_running_loop()
        if (pause := self._not_before - loop.time()) > 0:
            raise NotSentError(f"{self._name} is down ({self._reason}); it is tried again in {pause:.1f} s")
        opening = self._opening = loop.create_future()
        # Perhaps nobody waits for it any more; asking once keeps the loop from complaining.
        opening.add_done_callback(lambda done: done.cancelled() or done.exception())
        # A context of its own: the first caller's trace and journey end with its call.
        self._owner = self._group.create_task(
            self._own(opening), name=f"mcp {self._name}", context=contextvars.Context()
        )
        return opening

    async def _own(self, opening: asyncio.Future[Live]) -> None:
        journey, tail = Journey(), Tail(self._name)
        JOURNEY.set(journey)
        try:
            async with asyncio.timeout(OPENING_S) as limit:
                await self._serve(opening, tail, limit)
            reason = "the connection ended"
        except asyncio.CancelledError:
            # The library cancels its own host when a backend goes; only a cancellation from outside counts.
            if (task := asyncio.current_task()) and task.cancelling():
                opening.cancel()
                raise
            reason = "the connection was lost"
        except Exception as error:  # noqa: BLE001 - told to every caller; raised, it would end all other connections
            reason = journey.trouble or _said(error)
        self._ended(opening, f"{reason}: {tail.last_line}" if tail.last_line else reason)

    async def _serve(self, opening: asyncio.Future[Live], tail: Tail, limit: asyncio.Timeout) -> None:
        # The library imports it when it first checks an answer, which would hold up everybody for 0.2 s.
        await asyncio.to_thread(importlib.import_module, "jsonschema")
        ended = asyncio.Event()
        transport = self._transport(self._address(), ended, tail)
        async with Client(transport, client_info=_IDENTITY, cache=None) as client:
            live = Live(client, await listed(client), ended)
            limit.reschedule(None)
            opening.set_result(live)
            await ended.wait()

    def _transport(
        self, address: Address, ended: asyncio.Event, tail: Tail
    ) -> AbstractAsyncContextManager[Streams]:
        match address:
            case Started():
                return started(address, ended, tail)
            case Dialled():
                return dialled(address, ended, self._trust)
            case other:
                assert_never(other)

    def _ended(self, opening: asyncio.Future[Live], reason: str) -> None:
        was_open = opening.done()
        if was_open and opening.result().retired:
            return
        self._failures += 1
        self._reason = reason
        # The first loss is mended at once; whatever keeps failing is left alone for longer and longer.
        pause = (
            0.0 if was_open and self._failures == 1 else FIRST_PAUSE_S * 2.0 ** min(self._failures - 1, 16)
        )
        self._not_before = asyncio.get_running_loop().time() + min(pause, LONGEST_PAUSE_S)
        log.warning("%s is down: %s", self._name, reason)
        if not was_open:
            opening.set_exception(NotSentError(f"{self._name} cannot be reached: {reason}"))


def _is_open(opening: asyncio.Future[Live]) -> bool:
    return opening.done() and not opening.cancelled() and opening.exception() is None


def _is_over(opening: asyncio.Future[Live]) -> bool:
    return opening.done() and (not _is_open(opening) or opening.result().ended.is_set())


async def listed(client: Client) -> Catalogue:
    """Everything the backend offers, page by page."""
    tools: dict[str, Offered] = {}
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        tools |= {tool.name: Offered(tool.name, tool.description or "") for tool in page.tools}
        cursor = page.next_cursor
        if cursor is None:
            break
    return Catalogue(tools, asyncio.get_running_loop().time())


def _said(error: BaseException) -> str:
    """The one sentence in an error, which may be wrapped in groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    match error:
        case OrchestratorError():
            return error.message
        case TimeoutError():
            return f"not ready after {OPENING_S:.0f} s"
        case _:
            return str(error) or type(error).__name__
