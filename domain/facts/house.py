"""Facts of the house itself: its queue, its notices."""

from typing import Literal
from uuid import UUID

from domain.base import Value
from domain.ids import TaskId
from domain.queue import QueueSettings


class QueueChanged(Value):
    """The queue's settings from here on."""

    kind: Literal["queue_changed"] = "queue_changed"
    task_id: None = None
    settings: QueueSettings
    reason: str | None = None


class NoticeResent(Value):
    """Somebody put a dead letter on its way again."""

    kind: Literal["notice_resent"] = "notice_resent"
    task_id: TaskId | None = None
    notice_id: UUID
    channel: str
