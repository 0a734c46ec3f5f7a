"""What a caller submits: one request in plain words."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from domain.base import Json, Value
from domain.ids import TaskId

Priority = Literal["low", "medium", "high", "critical"]
PRIORITY_RANK: dict[Priority, int] = {"critical": 0, "high": 1, "medium": 2, "low": 3}
"""Lower goes first, so that a plain sort puts work in order."""
PRIORITIES: tuple[Priority, ...] = ("critical", "high", "medium", "low")
"""Priorities by rank."""

_STEP = 2**29
_FIRST_DUE = datetime(2020, 1, 1, tzinfo=UTC)


def urgency(rank: int, due_at: datetime | None) -> int:
    """What a queue sorts by, the highest first: the priority, then what is due sooner, then what has no due date.

    It fits 32 bits: four ranks of a thousand years of minutes.
    """
    first = (3 - rank) * _STEP
    if due_at is None:
        return first
    minutes = int((due_at - _FIRST_DUE).total_seconds() // 60)
    return first + max(1, min(_STEP - 1, _STEP - 1 - minutes))


OnFailure = Literal["review", "fail"]


def _printable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("a NUL character cannot be stored; remove it")
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_printable)]


class Metadata(Value):
    """What comes with a request. Unknown keys are kept and shown; none of them is taken for a fact."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, Json]

    context: Json = None
    repository: str | None = None
    requester: str | None = None
    due_date: date | datetime | None = None


class Request(Value):
    """A request as accepted. The caller's `task_id` is its key: submitting twice is submitting once."""

    task_id: TaskId
    title: Annotated[Text, StringConstraints(min_length=1, max_length=500)]
    description: Annotated[Text, StringConstraints(max_length=200_000)] = ""
    priority: Priority = "medium"
    metadata: Metadata = Field(default_factory=Metadata)
    callback_url: Annotated[str, StringConstraints(pattern=r"^https?://", max_length=2_000)] | None = None
    execute: bool = False
    on_failure: OnFailure = "review"

    @property
    def due_at(self) -> datetime | None:
        """When it should be done; a bare date means the end of that day, and no zone means UTC."""
        match self.metadata.due_date:
            case None:
                return None
            case datetime() as instant:
                return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
            case day:
                return datetime.combine(day, time.max, UTC)
