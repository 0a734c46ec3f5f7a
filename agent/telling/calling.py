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
from notifiers.notice import Asked, Ended, Notice

MOST: Final = 10
"""Called by one notice: a role that everybody has is nobody's name."""

Profile = Callable[[str], Awaitable[str | None]]
"""The page of whoever has this mail address. Raises UnreachableError."""


class Calling:
    """`directory` is null where nobody proves who they are: a requester is then whoever has the address they gave."""

    def __init__(self, profile: Profile, directory: Directory | None) -> None:
        self._profile = profile
        self._directory = directory
        self._pages: dict[str, str] = {}

    async def called(self, notice: Notice) -> Notice:
        """The notice with the pages of those whom it concerns."""
        if notice.channel != "linear" or not (wanted := self._wanted(notice)):
            return notice
        pages = await asyncio.gather(*map(self._page, wanted[:MOST]))
        return notice.model_copy(update={"mentions": tuple(page for page in pages if page)})

    def _wanted(self, notice: Notice) -> tuple[str, ...]:
        match notice.message:
            case Asked(kind="approval_escalated", approval=approval):
                return self._asked(approval, approval.demand.escalate_to)
            case Asked(approval=approval):
                return self._asked(approval, approval.demand.roles)
            case Ended(approval=approval):
                return self._concerned(approval)
            case _:
                return ()

    def _asked(self, approval: Approval, roles: tuple[str, ...]) -> tuple[str, ...]:
        if self._directory is None:
            return ()
        authors = {self._mailbox(name) for name in (approval.requester, *approval.authors) if name}
        found = self._directory.mailboxes(roles)
        return tuple(address for address in found if not (approval.demand.four_eyes and address in authors))

    def _concerned(self, approval: Approval) -> tuple[str, ...]:
        """Whoever asked; and where the glass was broken, those who were passed over."""
        asked = self._mailbox(approval.requester) if approval.requester else None
        broken = any(vote.means == "break_glass" for vote in approval.votes)
        over = self._asked(approval, (*approval.demand.roles, *approval.demand.escalate_to)) if broken else ()
        return tuple(dict.fromkeys((*((asked,) if asked else ()), *over)))

    def _mailbox(self, name: str) -> str | None:
        known = self._directory.mailbox(name) if self._directory else None
        return known or (name if "@" in name else None)

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
    """Where Linear is not configured."""
    return notice
