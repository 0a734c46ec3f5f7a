"""Calls people by name where a channel can: in Linear a person's page in a comment notifies them.

Looked up as a notice leaves, for that takes the network. Whoever cannot be looked up now is not called: told late is
worse than told without being called.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from agent.telling.composing import Directory
from domain.approval import Approval
from domain.errors import UnreachableError
from notifiers.notice import Asked, Notice

MOST: Final = 10
"""Called by one notice: a role that everybody has is nobody's name."""

Profile = Callable[[str], Awaitable[str | None]]
"""The page of whoever has this mail address. Raises UnreachableError."""


class Calling:
    def __init__(self, profile: Profile, directory: Directory) -> None:
        self._profile = profile
        self._directory = directory
        self._pages: dict[str, str] = {}

    async def called(self, notice: Notice) -> Notice:
        """The notice with the pages of those who are asked by it."""
        message = notice.message
        if notice.channel != "linear" or not isinstance(message, Asked):
            return notice
        asked = self._addresses(message.approval, escalated=message.kind == "approval_escalated")
        pages = await asyncio.gather(*map(self._page, asked))
        return notice.model_copy(update={"mentions": tuple(page for page in pages if page)})

    def _addresses(self, approval: Approval, *, escalated: bool) -> tuple[str, ...]:
        demand = approval.demand
        found = self._directory.mailboxes(demand.escalate_to if escalated else demand.roles)
        authors = {self._directory.mailbox(name) for name in (approval.requester, *approval.authors) if name}
        return tuple(address for address in found if not (demand.four_eyes and address in authors))[:MOST]

    async def _page(self, address: str) -> str | None:
        if (known := self._pages.get(address)) is not None:
            return known
        try:
            page = await self._profile(address)
        except UnreachableError:
            return None
        if page is not None:
            self._pages[address] = page
        return page


async def nobody(notice: Notice) -> Notice:
    """Where people are not known, or Linear is not configured."""
    return notice
