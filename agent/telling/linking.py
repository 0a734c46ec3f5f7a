"""Puts the ways onward into a notice as it leaves: the page of its approval, and a link signed for its one reader.

Links are signed at the door and not before, so that none of them lies in the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from domain.approval import Approval
from notifiers.links import ApprovalLink, signed
from notifiers.notice import (
    AnswerTaken,
    Asked,
    Ended,
    Notice,
    NotTaken,
    PendingDigest,
    StatusChanged,
    TaskTold,
)

PAGE = "page"
LINK = "link"


@dataclass(frozen=True)
class Linking:
    """`base` is where people find this service; the first of `keys` signs, all of them are taken."""

    base: str
    keys: Sequence[bytes]
    mailboxes: frozenset[str] = frozenset()
    """Who is asked by mail. Others that mail goes to (requesters) hear of things, and decide nothing."""

    def dressed(self, notice: Notice) -> Notice:
        """The same notice with its links; the same ones every time."""
        onward = {"page": self._page(notice), "answer": self._answer(notice)}
        return notice.model_copy(update={"links": notice.links.model_copy(update=onward)})

    def page_of(self, approval: UUID) -> str:
        return f"{self.base.rstrip('/')}/{PAGE}/{approval}"

    def link_for(self, approval: Approval, person: str) -> str:
        """Lets one person answer once."""
        link = ApprovalLink(
            approval_id=approval.approval_id,
            plan_hash=approval.plan_hash,
            person=person,
            expires_at=approval.expires_at,
        )
        return f"{self.base.rstrip('/')}/{LINK}/{signed(link, self.keys[0])}"

    def _page(self, notice: Notice) -> str | None:
        match notice.message:
            case Asked(approval=approval) | Ended(approval=approval):
                return self.page_of(approval.approval_id)
            case (
                TaskTold(approval=UUID() as known)
                | NotTaken(approval=UUID() as known)
                | AnswerTaken(approval=known)
            ):
                return self.page_of(known)
            case PendingDigest():
                return f"{self.base.rstrip('/')}/{PAGE}"
            case TaskTold() | NotTaken() | StatusChanged():
                return notice.links.page
            case other:
                assert_never(other)

    def _answer(self, notice: Notice) -> str | None:
        message = notice.message
        if notice.channel != "email" or not isinstance(message, Asked) or notice.to not in self.mailboxes:
            return None
        return self.link_for(message.approval, notice.to)
