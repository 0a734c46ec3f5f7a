"""Notices on their way as callers see them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.base import Value


class DeliveryView(Value):
    """A notice on its way; `recipient` without what may be a secret in it."""

    notice_id: UUID
    channel: str
    recipient: str
    task_id: str | None
    kind: str
    state: Literal["waiting", "sent", "dead"]
    attempts: int
    next_at: datetime
    give_up_at: datetime
    why: str | None
    receipt: str | None
    created_at: datetime
    settled_at: datetime | None


class DeliveryPage(Value):
    deliveries: tuple[DeliveryView, ...]
    next: str | None = None
