"""Notices on their way: which arrived, which did not and why, and sending a dead one after all."""

from collections.abc import Sequence
from urllib.parse import urlsplit
from uuid import UUID

from agent.service.views.delivery import DeliveryPage, DeliveryView
from agent.store import deliveries
from agent.store.database import Database
from agent.store.deliveries import Deliveries, Delivery, DeliveryState, Place
from domain.errors import FieldIssue, WrongStateError
from domain.facts.house import NoticeResent


class Undelivered:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._deliveries = Deliveries(database.pool)

    async def page(
        self,
        *,
        states: Sequence[DeliveryState] | None = None,
        task_id: str | None = None,
        after: Place | None = None,
        limit: int = 50,
    ) -> tuple[DeliveryPage, Place | None]:
        """The newest first, and where the next page begins."""
        found = await self._deliveries.page(states=states, task_id=task_id, after=after, limit=limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        shown = DeliveryPage(deliveries=tuple(map(delivery_view, found[:limit])))
        return shown, Place(last.created_at, last.notice_id) if last else None

    async def resend(self, notice_id: UUID, *, actor: str) -> DeliveryView:
        """Put a dead letter on its way again, for a day at least.

        Raises NotFoundError, WrongStateError for one that is not dead.
        """
        async with self._database.transaction(actor) as tx:
            sent = await deliveries.resend(tx.connection, notice_id)
            stored = await deliveries.one(tx.connection, notice_id)
            if sent:
                tx.tell(NoticeResent(task_id=stored.task_id, notice_id=notice_id, channel=stored.channel))
        if not sent:
            raise WrongStateError(
                f"notice {notice_id} is {stored.state}; only a dead one is sent again by hand",
                fields=[FieldIssue("state", stored.state)],
            )
        return delivery_view(stored)


def delivery_view(delivery: Delivery) -> DeliveryView:
    told = delivery.model_dump(exclude={"recipient"})
    return DeliveryView(**told, recipient=shown_recipient(delivery.recipient))


def shown_recipient(recipient: str) -> str:
    """An address without what may be a secret in it: a URL's account and query stay ours."""
    parts = urlsplit(recipient)
    if parts.scheme not in {"http", "https"}:
        return recipient
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}{'?…' if parts.query else ''}"
