"""Hears what people answer in Linear: a genuine, new comment, read again there, from somebody who is known here.

It is decided by the function that decides everything. Whatever became of it is told in its thread.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, Protocol
from uuid import UUID

from agent.service.keyring import Keyring
from agent.service.replying import Replying, Said
from agent.store import deliveries
from agent.store.answers import Answers
from agent.store.approvals import Approvals
from agent.store.database import Database
from agent.store.deliveries import Deliveries, Parcel
from domain.approval import Approval
from domain.clock import Clock
from domain.errors import ForbiddenError, NotFoundError, OrchestratorError, UnreachableError
from domain.principal import Principal
from notifiers.answers import Comment, Ignored, Spoken, heard, spoken
from notifiers.notice import AnswerTaken, Links, NotTaken, tell

SOURCE: Final = "linear"
PATIENCE_S: Final = 4.0
"""Linear hangs up after five seconds, and calls again later."""
A_DAY: Final = timedelta(days=1)

Became = Literal["decided", "counted", "refused", "ignored", "repeated"]


class Comments(Protocol):
    """Raises UnreachableError: ask again later."""

    async def comment(self, comment_id: str) -> Comment | None: ...


@dataclass(frozen=True)
class Ear:
    """How Linear is heard: where comments are read again, on which issue, and what signs its calls."""

    comments: Comments
    hub: str
    secrets: Sequence[str]


class Hearing:
    """Without an `ear` nothing is heard. `keyring` is null where nobody proves who they are."""

    def __init__(
        self,
        database: Database,
        replying: Replying,
        ear: Ear | None,
        keyring: Keyring | None,
        clock: Clock,
        *,
        links: Links,
    ) -> None:
        self._database = database
        self._replying = replying
        self._ear = ear
        self._keyring = keyring
        self._clock = clock
        self._links = links
        self._answers = Answers(database.pool)
        self._approvals = Approvals(database.pool)
        self._deliveries = Deliveries(database.pool)

    async def hear(self, body: bytes, signature: str | None) -> Became:
        """Raises ForbiddenError for a call that is not Linear's, UnreachableError where it shall call again."""
        if self._ear is None:
            raise NotFoundError(
                "answers in Linear are not taken here; set LINEAR_API_KEY and LINEAR_WEBHOOK_SECRET"
            )
        new = heard(body, signature, secrets=self._ear.secrets, now=self._clock.now())
        if new is None:
            return "ignored"
        # By the comment's id: that of the call stands in a header that nobody signed.
        if not await self._answers.hear(SOURCE, new.comment_id):
            return "repeated"
        try:
            became = await self._take(self._ear, new.comment_id)
        except BaseException:
            await self._answers.unhear(SOURCE, new.comment_id)
            raise
        await self._answers.heard_out(SOURCE, new.comment_id)
        await self._answers.forget()
        return became

    async def _take(self, ear: Ear, comment_id: str) -> Became:
        try:
            async with asyncio.timeout(PATIENCE_S):
                comment = await ear.comments.comment(comment_id)
        except TimeoutError as error:
            raise UnreachableError("Linear does not answer in time; call again") from error
        if comment is None:
            return "ignored"
        match spoken(comment, hub=ear.hub):
            case Ignored(why=why, tell=shall_tell):
                if shall_tell:
                    await self._refuse(comment_id, why, await self._thread_of(comment))
                return "refused" if shall_tell else "ignored"
            case Spoken() as order:
                return await self._answer(order)

    async def _answer(self, order: Spoken) -> Became:
        approval: Approval | None = None
        try:
            approval = await self._approvals.get(order.command.code)
            stored = await self._replying.answer(
                str(approval.approval_id),
                Said(
                    order.command.verb, self._who(order, approval), order.command.reason, approval.plan_hash
                ),
            )
        except UnreachableError:
            raise
        except OrchestratorError as error:
            await self._refuse(order.comment_id, error.message, approval)
            return "refused"
        if stored.status != "pending":
            return "decided"
        await self._confirm(order, stored)
        return "counted"

    def _who(self, order: Spoken, approval: Approval) -> Principal:
        """Raises ForbiddenError for somebody who is nobody here, and for what is not decided in a comment."""
        if approval.level == "critical":
            raise ForbiddenError("a critical plan is not decided in a comment; decide on its page, logged in")
        if self._keyring is None:
            return Principal.claimed(order.email, approval.demand.roles[0])
        known = self._keyring.called(order.user_id) or self._keyring.called(order.email)
        if known is None:
            raise ForbiddenError(
                "nobody here goes by this Linear account; an administrator adds it to the file of principals"
            )
        return known

    async def _thread_of(self, comment: Comment) -> Approval | None:
        """The approval under whose question the comment stands, if that can be told."""
        try:
            told = await self._deliveries.asked_by(UUID(comment.parent_id or ""))
            return await self._approvals.get(told) if told else None
        except (ValueError, NotFoundError):
            return None

    async def _refuse(self, comment_id: str, why: str, approval: Approval | None) -> None:
        message = NotTaken(
            answer_id=comment_id,
            why=why,
            approval=approval.approval_id if approval else None,
            approval_revision=approval.revision if approval else None,
        )
        await self._tell(message, approval)

    async def _confirm(self, order: Spoken, approval: Approval) -> None:
        message = AnswerTaken(
            answer_id=order.comment_id,
            code=approval.code,
            voices=sum(vote.answer == "approve" for vote in approval.votes),
            required=approval.demand.required,
            approval=approval.approval_id,
            approval_revision=approval.revision,
        )
        await self._tell(message, approval)

    async def _tell(self, message: NotTaken | AnswerTaken, approval: Approval | None) -> None:
        now = self._clock.now()
        notice = tell(message, channel="linear", at=now, links=self._links)
        async with self._database.transaction("linear") as tx:
            task_id = approval.task_id if approval else None
            await deliveries.add(tx.connection, [Parcel(notice, task_id, now + A_DAY)])
